// SPDX-License-Identifier: Apache-2.0
// A worker that also knows the fake runner. Started by WorkerProcess like the real one.
#include <cstdlib>
#include <string_view>

#include "harness/engine/worker.h"
#include "runners/builtin.h"
#include "tests/support/fake_runner.h"

int main(int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]) != "--socket-fd=3") return 2;
  std::vector<qbench::runners::RunnerDescriptor> runners = qbench::runners::builtin_runners();
  runners.push_back(qbench::testing::fake_descriptor());
  return qbench::engine::run_worker(qbench::UniqueFd(3), runners);
}
