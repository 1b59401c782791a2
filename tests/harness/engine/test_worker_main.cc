// SPDX-License-Identifier: Apache-2.0
// A worker that also knows the fake runner. Started by WorkerProcess like the real one.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/engine/channel.h"
#include "harness/engine/worker.h"
#include "runners/builtin.h"
#include "tests/support/fake_runner.h"

namespace {

/// Stands in for a worker of another build: every request gets the same answer.
int answer_always(const char* answer) {
  qbench::engine::Channel channel(qbench::UniqueFd(3));
  while (channel.receive()) channel.send(nlohmann::json::parse(answer));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]) != "--socket-fd=3") return 2;
  if (const char* answer = std::getenv("QBENCH_TEST_ANSWER")) return answer_always(answer);
  std::vector<qbench::runners::RunnerDescriptor> runners = qbench::runners::builtin_runners();
  runners.push_back(qbench::testing::fake_descriptor());
  return qbench::engine::run_worker(qbench::UniqueFd(3), runners, {.version = "test", .git_commit = "none"});
}
