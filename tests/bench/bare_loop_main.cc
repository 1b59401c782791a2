// SPDX-License-Identifier: Apache-2.0
// qbench_bare_loop MODEL DROPPED TIMED: prints the median invoke in nanoseconds. A program of its own, since two
// processes of one model differ by their luck with memory: a fair figure needs many of them.
#include <fmt/format.h>

#include <cstdlib>

#include "core/metrics/descriptive.h"
#include "tests/bench/bare_loop.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  try {
    const qbench::testing::BareLoop loop(argv[1]);
    (void)loop.run(std::strtoul(argv[2], nullptr, 10));
    fmt::print("{}\n", qbench::metrics::median(loop.run(std::strtoul(argv[3], nullptr, 10))));
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
