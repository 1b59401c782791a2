// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/variants/layer_errors.h"
#include "models/graph.h"
#include "reports/console_table.h"

namespace qbench::app {

/// A file, made and checked.
struct MadeVariant {
  std::string name;  ///< "int8"
  std::filesystem::path path;
  models::Bytes bytes;
  std::vector<std::string> notes;
  std::vector<variants::LayerError> errors;  ///< with --report
};

/// <folder>/<model's name without extension and "_fp32">_<variant>.tflite.
[[nodiscard]] std::filesystem::path variant_path(const std::filesystem::path& folder,
                                                 const std::filesystem::path& model, const std::string& variant);

/// Makes the folder. Throws Error(kIo) when it cannot be made or written, or, without `force`, when one of the files
/// exists.
void prepare_output(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files, bool force);

/// Files with size and zstd size, each also relative to the original, then the notes of each, then reports.
[[nodiscard]] std::string made_table(const std::filesystem::path& original, const models::Bytes& original_bytes,
                                     const std::vector<MadeVariant>& made, const reports::ConsoleStyle& style);
[[nodiscard]] nlohmann::ordered_json made_json(const std::filesystem::path& original,
                                               const models::Bytes& original_bytes,
                                               const std::vector<MadeVariant>& made);

}  // namespace qbench::app
