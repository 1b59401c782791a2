// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/record.h"
#include "core/tensor_spec.h"

namespace qbench::engine {

/// What a model file says of its own preprocessing and classes.
struct ModelFacts {
  std::optional<std::array<double, 3>> mean;
  std::optional<std::array<double, 3>> std;
  std::vector<std::string> labels;
};

/// Path, size, compressed size and hash. Throws Error(kIo) when the file cannot be read.
[[nodiscard]] ModelRecord file_facts(const std::filesystem::path& path);

/// Reads the file with our own strict reader before any runtime sees it: a damaged or dangerous file is an error of the
/// cell, in our words. Fills `facts` and the record's precision.
[[nodiscard]] Outcome check_model(const std::filesystem::path& path, ModelFacts& facts, ModelRecord& record);

/// One image input (rank 4, NHWC, 1 or 3 channels) and a first output that is a vector of class scores.
[[nodiscard]] Outcome check_classifier(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs);

/// The same model with its constant batch repaired, or nullopt when there is nothing to repair.
[[nodiscard]] std::optional<std::vector<std::byte>> rewritten_for_batching(std::span<const std::byte> model);

}  // namespace qbench::engine
