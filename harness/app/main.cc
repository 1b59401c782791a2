// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <new>

#include "core/error.h"
#include "core/files.h"
#include "core/print.h"
#include "core/printable.h"
#include "core/scratch_folder.h"
#include "core/standard_streams.h"
#include "harness/app/commands.h"
#include "harness/app/program_exit.h"
#include "harness/engine/interrupt.h"
#include "version.h"

namespace {

constexpr char kDescription[] =
    "qbench tells what fp32 -> fp16 -> int8 costs in accuracy and buys in speed, size and memory, on this board.";

int run(int argc, char** argv) {
  CLI::App app(kDescription, "qbench");
  qbench::app::GlobalOptions global;
  qbench::app::CommandResult result;
  app.set_version_flag("--version", fmt::format("qbench {} ({})", qbench::kVersion, qbench::kGitCommit));
  app.add_flag("-q,--quiet", global.quiet, "No progress, only results and errors");
  app.add_flag("-v,--verbose", global.verbose, "More detail");
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("qbench: {}; see --help\n", qbench::printable(error.what()));
  });
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "Example: qbench run --model fp32.tflite --model int8.tflite --data images/\nExit codes: 0 done, 1 a cell "
      "failed, 2 usage or config, 3 a gate was missed, 4 not comparable.");
  qbench::app::add_run_command(app, global, result);
  qbench::app::add_compare_command(app, global, result);
  qbench::app::add_list_command(app, global, result);
  qbench::app::add_dataset_command(app, global, result);
  qbench::app::add_quantize_command(app, global, result);
  qbench::app::add_history_command(app, global, result);
  qbench::app::add_explain_command(app, global, result);
  qbench::app::add_convert_command(app, global, result);
  qbench::app::add_inspect_command(app, global, result);
  qbench::app::add_recipe_command(app, global, result);
  qbench::app::add_selftest_command(app, global, result);
  qbench::app::add_report_command(app, global, result);
  qbench::app::add_probe_command(app, global, result);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    app.exit(error);
    return asked_for_help ? 0 : static_cast<int>(qbench::ExitCode::kUsage);
  }
  if (std::fflush(stdout) != 0) {
    throw qbench::Error(qbench::ErrorCode::kIo, "writing to standard output failed: {}", qbench::errno_text(errno));
  }
  return result.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A file that would grow past a limit is an error of its write, with a name, like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  qbench::open_standard_streams();
  qbench::survive_lost_readers();
  qbench::ScratchFolder::remove_left_behind();  // of a process that was killed
  try {
    return run(argc, argv);
  } catch (const qbench::Error& error) {
    qbench::print_text(stderr, "qbench: {}\n", error.what());
    // Whatever was given up for an interruption, it is no fault of the input.
    return static_cast<int>(qbench::engine::interrupted() ? qbench::ExitCode::kCellFailed
                                                          : qbench::app::program_exit(error.code()));
  } catch (const std::bad_alloc&) {
    qbench::print_text(stderr, "qbench: out of memory\n");
  } catch (const std::exception& error) {
    qbench::print_text(stderr, "qbench: {}\n", error.what());
  }
  return static_cast<int>(qbench::ExitCode::kUsage);
}
