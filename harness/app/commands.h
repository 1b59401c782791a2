// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>

namespace qbench::app {

/// Flags that every subcommand understands.
struct GlobalOptions {
  bool quiet = false;
  bool verbose = false;
};

/// What a subcommand hands back to main(): set by the callback of the one that was chosen.
struct CommandResult {
  int exit_code = 0;
};

/// Each adds one subcommand with its flags and help to `app`. Errors leave the callback as qbench::Error.
void add_run_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_compare_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_list_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_dataset_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_quantize_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_history_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_explain_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_convert_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_inspect_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_recipe_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_selftest_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_report_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);
void add_probe_command(CLI::App& app, const GlobalOptions& global, CommandResult& result);

}  // namespace qbench::app
