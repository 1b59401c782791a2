// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/file_digest.h"
#include "harness/variants/layer_errors.h"
#include "harness/variants/mixed_precision.h"
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
  std::string nothing_done;                  ///< why there is no such variant: it would be the float model
};

/// <folder>/<model's name without extension and "_fp32">_<variant>.tflite.
[[nodiscard]] std::filesystem::path variant_path(const std::filesystem::path& folder,
                                                 const std::filesystem::path& model, const std::string& variant);

/// Throws Error(kIo) when the files could not be written there later on, or, without `force`, when one of them exists.
/// Makes nothing.
void check_output(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files, bool force);

/// "87 right of 100 (float 88), top-1 87.00 % (95 % interval 79.02 to 92.24), a drop of 1.00 points (-1.20 to 3.13)".
[[nodiscard]] std::string accuracy_sentence(const variants::MixedStep& step, const variants::Accuracy& float_accuracy);
/// What that says of the limit: of the drop seen, and of what it would be on new images.
[[nodiscard]] std::string limit_sentence(const variants::MixedResult& result, double max_drop);

/// Makes the folder when needed and writes every file that is one, each whole or not at all. Throws Error(kIo).
void write_variants(const std::filesystem::path& folder, const std::vector<MadeVariant>& made);

/// Files with size and zstd size, each also relative to the original, then the notes of each, then reports.
[[nodiscard]] std::string made_table(const std::filesystem::path& original, const FileDigest& original_file,
                                     const std::vector<MadeVariant>& made, const reports::ConsoleStyle& style);
[[nodiscard]] nlohmann::ordered_json made_json(const std::filesystem::path& original, const FileDigest& original_file,
                                               const std::vector<MadeVariant>& made);

}  // namespace qbench::app
