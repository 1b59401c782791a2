// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "core/files.h"
#include "runners/runner.h"

namespace qbench::engine {

/// A runner that is ready for one batch size, and the model that it reads.
struct PreparedModel {
  MappedFile file;
  std::vector<std::byte> rewritten;  ///< what the runner reads instead when `batching` is "rewritten"
  std::unique_ptr<runners::Runner> runner;
  int runner_batch = 1;             ///< what the runner was prepared for
  int singles = 1;                  ///< invokes that make one batch: more than 1 only in "singles" mode
  std::string batching = "native";  ///< or "rewritten" (constants of the model that named its batch), or "singles"
};

/// Prepares the model for options.batch. What cannot be batched as it is, is rewritten when `may_rebatch`; what was
/// compiled for a device at batch 1 is run as that many single invokes. Throws what Runner::prepare() throws.
[[nodiscard]] PreparedModel prepare_model(const runners::RunnerDescriptor& descriptor, MappedFile file,
                                          runners::RunnerOptions options, bool may_rebatch);

}  // namespace qbench::engine
