// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "core/predictions.h"
#include "core/record.h"
#include "datasets/tensor_cache.h"

namespace qbench::engine {

/// Makes a file for float32 scores [samples][outputs], little endian as the board is. Every row begins with a value
/// that no model gives, so that one that was never written is known. Throws Error(kIo).
void create_scores_file(const std::filesystem::path& path, std::size_t samples, std::size_t outputs);

/// The same under a new name beside `final`, to which it is renamed when it is whole and to be kept; returns the name.
[[nodiscard]] std::filesystem::path create_scores_beside(const std::filesystem::path& final_path, std::size_t samples,
                                                         std::size_t outputs);

/// What the scores of a cell are kept as.
[[nodiscard]] std::string scores_file_name(const std::string& cell);

/// How a row of scores is read.
struct ScoresLayout {
  std::size_t outputs = 0;
  int classes = 0;
  int label_offset = 0;  ///< output index of class 0
};

/// What equal scores leave open of top-1 and top-5. Scores that are not finite have no place.
struct ScoreTies {
  TieRecord top1;
  TieRecord top5;
};

/// The predictions of all good samples, in sample order; reads the file piece by piece. Adds up the ties where asked
/// to. Throws Error(kIo), also when the row of a good sample was never written.
[[nodiscard]] std::vector<Prediction> read_predictions(const std::filesystem::path& path, const ScoresLayout& layout,
                                                       std::span<const datasets::CacheEntry> entries,
                                                       ScoreTies* ties = nullptr);

/// Two cells' scores over the same images.
struct ScorePair {
  std::filesystem::path baseline;
  std::filesystem::path variant;
  std::size_t outputs = 0;  ///< of both
};

/// KL divergence and the rest over all good samples; `against` is left empty. Holds the scores of both in memory.
/// Throws Error(kIo).
[[nodiscard]] DivergenceRecord score_divergence(const ScorePair& pair, std::span<const datasets::CacheEntry> entries);

/// Of predictions whose two scores come from one value (two_class_scores()). Images that are not finite are left out:
/// no threshold makes them right.
[[nodiscard]] ThresholdRecord calibrate_threshold(std::span<const Prediction> predictions);

/// SHA-256 (hexadecimal) over all that predictions hold, scores and labels as well.
[[nodiscard]] std::string predictions_digest(std::span<const Prediction> predictions);

/// Counts, per class, confusion and hash of predictions; times and files are left to the caller.
[[nodiscard]] AccuracyRecord summarize(std::span<const Prediction> predictions, int classes);

}  // namespace qbench::engine
