// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::models {

/// An input or output of a model in a format that qbench lists but does not rewrite.
struct ForeignEnd {
  std::string name;
  std::vector<std::string> shape;  ///< "224", "batch_size", "?"; empty when unknown or a scalar
  std::string type;
  bool operator==(const ForeignEnd&) const = default;
};

/// A file that an ONNX model wants to be read beside it.
struct ExternalData {
  std::string location;
  std::string problem;  ///< why it must not be opened; empty: a regular file below the model's folder
  bool operator==(const ExternalData&) const = default;
};

struct ForeignModel {
  std::string format;    ///< "ONNX", "TensorFlow GraphDef"
  std::string producer;  ///< tool and version, when stated
  std::int64_t opset = 0;
  std::vector<ForeignEnd> inputs;
  std::vector<ForeignEnd> outputs;
  std::map<std::string, int> ops;  ///< kind -> count, constants and inputs left out
  std::vector<ExternalData> external_data;
};

/// Reads the list of inputs, outputs and ops of an .onnx or frozen .pb file; text is clean UTF-8. Nothing that the file
/// names is opened. Throws Error(kModel) when it is damaged, over 2 GB or of another kind, and Error(kUnsupported) when
/// this program was built without protobuf.
[[nodiscard]] ForeignModel read_foreign_model(const std::filesystem::path& path);

[[nodiscard]] nlohmann::json to_json(const ForeignModel& model);

/// Why a location named inside the model at `model` must not be opened: absolute, "..", outside the model's folder
/// after links are followed, or not a regular file. Empty: it may.
[[nodiscard]] std::string external_data_problem(const std::filesystem::path& model, std::string_view location);

}  // namespace qbench::models
