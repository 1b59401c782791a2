// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "core/error.h"
#include "harness/app/commands.h"
#include "harness/app/live_plan.h"
#include "harness/app/run_flags.h"
#include "harness/app/run_pipeline.h"

namespace qbench::app {
namespace {

struct CompareFlags {
  bool live = false;
  LiveFlags sides;
  RunFlags run;
};

int compare_live(const CompareFlags& flags, const GlobalOptions& global) {
  if (!flags.run.resume.empty() && any_given(flags.sides)) {
    throw Error(ErrorCode::kUsage, "--resume goes on with the plan in '{}'; give no side beside it", flags.run.resume);
  }
  return run_to_reports(
      flags.run, [&flags] { return live_plan(flags.run, flags.sides); }, global);
}

int compare_command(const CompareFlags& flags, const GlobalOptions& global) {
  if (!flags.live) throw Error(ErrorCode::kUsage, "compare needs --live; see 'qbench compare --help'");
  return compare_live(flags, global);
}

}  // namespace

void add_compare_command(CLI::App& app, const GlobalOptions& global, CommandResult& result) {
  CLI::App* command = app.add_subcommand(
      "compare", "Compare two builds, model sets or runtime libraries, interleaved in one run");
  auto flags = std::make_shared<CompareFlags>();
  command->add_flag("--live", flags->live, "Run both sides, interleaved: the honest way to compare two builds");
  add_live_flags(*command, flags->sides);
  add_single(*command, "--config", flags->run.config, "Plan as a JSON file, for both sides");
  add_run_flags(*command, flags->run);
  command->footer(
      "Example: qbench compare --live --binary-a old/bin/qbench --binary-b new/bin/qbench --model int8.tflite "
      "--data images/");
  command->callback([flags, &global, &result] { result.exit_code = compare_command(*flags, global); });
}

}  // namespace qbench::app
