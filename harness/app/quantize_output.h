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

/// Throws Error(kIo) when the files could not be written there later on, or, without `force`, when one of them exists.
/// Makes nothing.
void check_output(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files, bool force);

/// Makes the folder when needed and writes every file, each whole or not at all. Throws Error(kIo).
void write_variants(const std::filesystem::path& folder, const std::vector<MadeVariant>& made);

/// Files with size and zstd size, each also relative to the original, then the notes of each, then reports.
[[nodiscard]] std::string made_table(const std::filesystem::path& original, const models::Bytes& original_bytes,
                                     const std::vector<MadeVariant>& made, const reports::ConsoleStyle& style);
[[nodiscard]] nlohmann::ordered_json made_json(const std::filesystem::path& original,
                                               const models::Bytes& original_bytes,
                                               const std::vector<MadeVariant>& made);

}  // namespace qbench::app
