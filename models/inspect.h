// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/classifier_view.h"
#include "models/graph.h"
#include "models/metadata.h"
#include "models/precision.h"
#include "models/run_verdict.h"
#include "models/validator.h"

namespace qbench::models {

/// An input or output as inspect shows it.
struct EndSummary {
  std::string name;
  std::vector<int> shape;
  std::vector<int> signature;  ///< -1: free; empty: same as shape
  std::string type;
  TensorQuantization quantization;
};

struct OpSummary {
  std::size_t index = 0;
  std::string op;
  int version = 1;
  std::string output;  ///< name of its first output
  std::vector<int> output_shape;
  std::int64_t macs = 0;
  std::int64_t parameters = 0;  ///< weights + biases; a constant shared by several ops counts at each here
};

/// All ops of one kind.
struct OpKindSummary {
  std::string op;
  int count = 0;
  std::vector<int> versions;  ///< ascending, each once
  std::int64_t macs = 0;
  std::int64_t parameters = 0;
};

struct ModelSummary {
  std::string name;  ///< as given to inspect()
  std::string description;
  PrecisionClass precision = PrecisionClass::kMixed;
  std::vector<EndSummary> inputs;
  std::vector<EndSummary> outputs;
  std::vector<OpSummary> ops;           ///< in execution order
  std::vector<OpKindSummary> op_kinds;  ///< most MACs first, then by count
  std::int64_t macs = 0;                ///< one run at the declared batch, of what can be counted
  std::vector<std::string> uncounted;   ///< ops whose MACs are not in it, because their shapes are impossible
  std::int64_t parameters = 0;          ///< weights + biases, each stored constant once
  std::map<std::string, std::int64_t> constant_bytes;  ///< by element type, all constants
  std::int64_t weights = 0;                            ///< weights without biases, in elements
  std::int64_t zero_weights = 0;                       ///< of these, those that stand for 0
  std::uint64_t file_bytes = 0;
  std::uint64_t zstd_bytes = 0;
  std::vector<std::string> fixed_batch;          ///< ops that name the batch (rewritable) or block another one
  std::vector<std::string> needs_delegate;       ///< custom ops
  std::vector<std::string> left_by_xnnpack;      ///< ops that the accelerated path of the 2.9 runtime leaves out
  std::vector<std::string> needs_newer_runtime;  ///< (op, version) pairs that the 2.9 runtime does not know
  std::vector<Finding> findings;                 ///< of validate()
  std::optional<ModelMetadata> metadata;
  std::vector<Signature> signatures;
  std::vector<std::string> repairs;     ///< what run would repair in memory before it measures; one line each
  std::vector<Obstacle> run_obstacles;  ///< why run would not measure it, the gravest first; empty: it takes the file
  /// How a run reads the tensors when it knows no classes; absent: it cannot, or must ask.
  std::optional<ClassifierView> classifier;

  [[nodiscard]] bool is_classifier() const noexcept { return classifier.has_value(); }

  /// Share of weights that stand for zero, 0 .. 1; 0 without weights.
  [[nodiscard]] double sparsity() const noexcept {
    return weights > 0 ? static_cast<double>(zero_weights) / static_cast<double>(weights) : 0.0;
  }
};

/// Reads a .tflite file and says what it is. Throws Error(kModel) when it cannot be read; findings do not throw.
[[nodiscard]] ModelSummary inspect(std::span<const std::byte> file, std::string_view name);
/// The same for a file on disk; memory for its structure, not for its weights (see read_tflite_file()).
[[nodiscard]] ModelSummary inspect_file(const std::filesystem::path& path);

}  // namespace qbench::models
