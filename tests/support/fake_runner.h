// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "runners/runner.h"

namespace qbench::testing {

/// What a fake model does. Its "file" is this script as JSON, so a test writes one file for each cell.
struct FakeScript {
  int image = 8;    ///< input: float32 [batch, image, image, 3], raw 0..255
  int classes = 3;  ///< output: float32 [batch, classes]
  /// Time of the n-th invoke in microseconds for each image of the batch, taken in turn; spun, so that it is kept
  /// exactly. Empty: no time.
  std::vector<double> latency_us{};
  /// Answers in turn, one for each image. Empty: the answer of colour_scores().
  std::vector<int> labels{};
  /// "", "crash" (SIGSEGV), "abort", "hang", "allocate" (without end), "error" (kRuntime), "unsupported",
  /// "out_of_memory" (kOutOfMemory), "exit" (the process ends with code 3). These go on afterwards: "leave_child"
  /// ("leave_child_and_abort" does not), "close_output" (and half a second of sleep), "chatter" (5 s of output).
  std::string fault{};
  std::string fault_at = "invoke";  ///< "prepare" or "invoke"
  int good_invokes = 0;             ///< invokes that succeed before the fault
  int max_batch = 1 << 20;          ///< a larger batch is kUnsupported
};

/// The bytes of a fake model's file.
[[nodiscard]] std::vector<std::byte> fake_model(const FakeScript& script = {});

/// The runner "fake", which executes fake models. Anything else than a script is refused with kModel.
[[nodiscard]] runners::RunnerDescriptor fake_descriptor();

}  // namespace qbench::testing
