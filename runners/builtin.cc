// SPDX-License-Identifier: Apache-2.0
#include "runners/builtin.h"

#include <string>

#include "core/error.h"
#include "core/nearest.h"
#ifdef QBENCH_HAS_TFLITE
#include "runners/tflite_runner.h"
#endif

namespace qbench::runners {

std::vector<RunnerDescriptor> builtin_runners() {
  std::vector<RunnerDescriptor> runners;
#ifdef QBENCH_HAS_TFLITE
  runners.push_back(tflite_descriptor());
#endif
  return runners;
}

const RunnerDescriptor& find_runner(std::span<const RunnerDescriptor> runners, std::string_view name) {
  std::vector<std::string> names;
  for (const RunnerDescriptor& runner : runners) {
    if (runner.name == name) return runner;
    names.push_back(runner.name);
  }
  if (names.empty()) throw Error(ErrorCode::kConfig, "no runner '{}': this program was built without any", name);
  throw Error(ErrorCode::kConfig, "no runner '{}'{}", name, nearest_hint(name, names));
}

}  // namespace qbench::runners
