// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/classifier_view.h"
#include "core/record.h"

namespace qbench::engine {

/// What our own reader learns from a model file.
struct ModelFacts {
  std::optional<std::array<double, 3>> mean;  ///< from the metadata, of each channel
  std::optional<std::array<double, 3>> std;
  std::string normalization;          ///< how the graph itself normalizes raw pixels; empty: it does not
  ClassifierHints hints;              ///< of the graph: ops of the outputs, size of the image
  std::vector<std::string> warnings;  ///< one line each, for the cell's record
  std::string needs;  ///< what the file needs beyond the 2.9 library alone, one line: why a load may fail; or empty
  std::vector<std::string> repairs;  ///< what models/repair.h rewrote, for the record
  std::vector<std::byte> repaired;   ///< the file after that, to be run in its place; empty without repairs
};

/// Path, size, compressed size and hash; of a folder, a pipe or a device the path alone. Throws Error(kIo) when the
/// file cannot be read.
[[nodiscard]] ModelRecord file_facts(const std::filesystem::path& path);

/// Reads, repairs and validates the file before any runtime sees it: a damaged or dangerous file is an error of the
/// cell, in our words, and one that a runtime would read wrongly without a word is unsupported. Fills `facts` and the
/// record's precision and work (of the repaired graph) and compilation (the Edge TPU compiler's log beside the file).
[[nodiscard]] Outcome check_model(const std::filesystem::path& path, ModelFacts& facts, ModelRecord& record);

/// Finds image and scores by classifier_view(); what that throws is the outcome.
[[nodiscard]] Outcome check_classifier(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs,
                                       const ClassifierHints& hints, ClassifierView& view);

/// The same model fit for batch `batch`, or nullopt when nothing in it that names its batch can be rewritten.
[[nodiscard]] std::optional<std::vector<std::byte>> rewritten_for_batch(std::span<const std::byte> model, int batch);

}  // namespace qbench::engine
