// SPDX-License-Identifier: Apache-2.0
// qbench-worker: the process in which one cell runs. A program of its own, so that the image libraries (well over a
// hundred shared objects) are neither loaded nor counted where memory and time are measured.
#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "core/print.h"
#include "core/standard_streams.h"
#include "harness/engine/worker.h"
#include "runners/builtin.h"
#include "version.h"

int main(int argc, char** argv) {
  qbench::open_standard_streams();
  constexpr std::string_view kFlag = "--socket-fd=";
  const std::string_view argument = argc == 2 ? argv[1] : "";
  int fd = -1;
  if (argument.starts_with(kFlag)) {
    std::from_chars(argument.data() + kFlag.size(), argument.data() + argument.size(), fd);
  }
  if (fd < 0) {
    qbench::print_text(stderr, "qbench-worker is started by qbench; run 'qbench --help' instead\n");
    return 2;
  }
  try {
    return qbench::engine::run_worker(qbench::UniqueFd(fd), qbench::runners::builtin_runners(),
                                      {.version = qbench::kVersion, .git_commit = qbench::kGitCommit});
  } catch (const std::exception& error) {
    qbench::print_text(stderr, "qbench-worker: {}\n", error.what());
    return 1;
  }
}
