// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include "harness/app/commands.h"
#include "harness/app/probe_command.h"
#include "harness/engine/interrupt.h"
#include "runners/builtin.h"

namespace qbench::app {
namespace {

int probe(ProbeCommandOptions options) {
  for (const runners::RunnerDescriptor& runner : runners::builtin_runners()) {
    options.runtimes.push_back({runner.name, runner.probe({})});
  }
  const engine::InterruptGuard guard;
  options.stop = [] { return engine::interrupted(); };
  return run_probe(options, std::cout);
}

}  // namespace

void add_probe_command(CLI::App& app, const GlobalOptions&, CommandResult& result) {
  CLI::App* command = app.add_subcommand(
      "probe", "The board, the runtimes and the USB and PCIe accelerators, with the fix for each problem");
  auto options = std::make_shared<ProbeCommandOptions>();
  command->add_option("--require", options->require, "Exit with 3 unless an accelerator of this family is usable");
  command->add_option("--usb-ids", options->usb_ids,
                      "More known USB ids, a JSON list of {vendor, product, family, name, ready}");
  command->add_flag("--json", options->json, "For machines");
  command->add_flag("--watch", options->watch, "Print arrivals and departures until Ctrl-C");
  command->add_flag("--init", options->init, "Load the firmware of an accelerator that waits for it");
  command->add_flag("--claim", options->claim, "Try to open and claim the accelerator");
  command->footer("Example: qbench probe --require coral");
  command->callback([options, &result] { result.exit_code = probe(*options); });
}

}  // namespace qbench::app
