// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "core/error.h"
#include "harness/app/commands.h"
#include "harness/app/compare_stored.h"
#include "harness/app/live_plan.h"
#include "harness/app/run_flags.h"
#include "harness/app/run_pipeline.h"
#include "harness/engine/worker_program.h"

namespace qbench::app {
namespace {

struct CompareFlags {
  bool live = false;
  StoredFlags stored;
  LiveFlags sides;
  RunFlags run;
};

/// Beside --resume the sides say no more than which builds and libraries may run.
void name_sides_again(const LiveFlags& sides, RunFlags& run) {
  for (const SideFlags& side : {sides.a, sides.b}) {
    if (!side.models.empty() || sides.again) {
      throw Error(ErrorCode::kUsage, "--resume goes on with the plan in '{}'; give no models and no --again beside it",
                  run.resume);
    }
    if (!side.binary.empty()) run.workers.push_back(engine::find_worker_of(side.binary).string());
    if (!side.library.empty()) run.libraries.push_back(side.library);
  }
}

int compare_live(const CompareFlags& flags, const GlobalOptions& global) {
  if (!flags.stored.records.empty() || flags.stored.force || flags.stored.json) {
    throw Error(ErrorCode::kUsage, "--live measures anew: results, --force and --json are for stored ones");
  }
  RunFlags run = flags.run;
  if (!run.resume.empty()) name_sides_again(flags.sides, run);
  return run_to_reports(
      run, [&] { return live_plan(run, flags.sides); }, global);
}

int compare_command(const CompareFlags& flags, const GlobalOptions& global) {
  if (flags.live) return compare_live(flags, global);
  const RunFlags& run = flags.run;
  if (any_given(flags.sides) || !run.models.empty() || !run.config.empty() || !run.resume.empty() ||
      !run.data.empty()) {
    throw Error(ErrorCode::kUsage, "two stored results are not measured again: models, builds and data need --live");
  }
  return compare_stored_results(flags.stored, run);
}

}  // namespace

void add_compare_command(CLI::App& app, const GlobalOptions& global, CommandResult& result) {
  CLI::App* command = app.add_subcommand(
      "compare", "Compare two stored results, or (--live) two builds, model sets or runtime libraries in one run");
  auto flags = std::make_shared<CompareFlags>();
  command
      ->add_option("results", flags->stored.records, "The reference and the candidate: result folders or report.json")
      ->expected(0, 2);
  command->add_flag("--force", flags->stored.force, "Compare what is not comparable, and mark it in the output");
  command->add_flag("--json", flags->stored.json, "Print report.json instead of the table");
  command->add_flag("--live", flags->live, "Run both sides, interleaved: the honest way to compare two builds");
  add_live_flags(*command, flags->sides);
  add_single(*command, "--config", flags->run.config, "Plan as a JSON file, for both sides of --live");
  add_run_flags(*command, flags->run);
  command->footer(
      "Examples: qbench compare results/monday results/tuesday --gate 'top1>=-0.5pp,size<=+0%'\n"
      "          qbench compare --live --binary-a old/bin/qbench --binary-b new/bin/qbench --model int8.tflite "
      "--data images/\nExit codes: 0 done, 3 a gate was missed, 4 not comparable.");
  command->callback([flags, &global, &result] { result.exit_code = compare_command(*flags, global); });
}

}  // namespace qbench::app
