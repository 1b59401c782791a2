// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/model_check.h"

#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "models/tflite_reader.h"

namespace qbench::engine {

ModelRecord file_facts(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_file(path);
  ModelRecord record;
  record.path = path.string();
  record.sha256 = sha256_hex(bytes);
  record.bytes = static_cast<std::int64_t>(bytes.size());
  record.zstd_bytes = static_cast<std::int64_t>(zstd_compressed_size(bytes));
  return record;
}

Outcome check_model(const std::filesystem::path& path, ModelFacts&, ModelRecord&) {
  try {
    const models::Graph graph = models::read_tflite_file(path);
    return {};
  } catch (const Error& error) {
    return {.status = Status::kError, .reason = error.what(), .stage = "read"};
  }
}

Outcome check_classifier(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs) {
  const auto refuse = [](std::string reason) {
    return Outcome{.status = Status::kError, .reason = std::move(reason), .stage = "load"};
  };
  if (inputs.size() != 1 || outputs.empty()) {
    return refuse(fmt::format("not an image classifier: {} inputs and {} outputs", inputs.size(), outputs.size()));
  }
  const std::vector<int>& in = inputs[0].shape;
  if (in.size() != 4 || (in[3] != 1 && in[3] != 3)) {
    return refuse(fmt::format("not an image classifier: the input '{}' is {}, not NHWC with 1 or 3 channels",
                              inputs[0].name, shape_text(in)));
  }
  std::size_t wide_dims = 0;
  for (int dim : outputs[0].shape) wide_dims += dim > 1 ? 1 : 0;
  if (outputs[0].shape.empty() || wide_dims > 1 || outputs[0].element_count() < 2) {
    return refuse(fmt::format("not a classifier: the output '{}' is {}, not a vector of class scores", outputs[0].name,
                              shape_text(outputs[0].shape)));
  }
  return {};
}

std::optional<std::vector<std::byte>> rewritten_for_batching(std::span<const std::byte>) { return std::nullopt; }

}  // namespace qbench::engine
