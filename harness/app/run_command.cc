// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "harness/app/commands.h"
#include "harness/app/run_flags.h"
#include "harness/app/run_pipeline.h"

namespace qbench::app {

void add_run_command(CLI::App& app, const GlobalOptions& global, CommandResult& result) {
  CLI::App* command =
      app.add_subcommand("run", "Compare the variants of one classifier: latency, accuracy, size, memory");
  auto flags = std::make_shared<RunFlags>();
  command->add_option("config", flags->config, "Plan as a JSON file (see configs/)");
  add_run_flags(*command, *flags);
  command->footer("Example: qbench run --model fp32.tflite --model int8.tflite --data images/ --limit 500");
  command->callback([flags, &global, &result] {
    result.exit_code = run_to_reports(
        *flags, [&flags = *flags] { return plan_from_flags(flags); }, global);
  });
}

}  // namespace qbench::app
