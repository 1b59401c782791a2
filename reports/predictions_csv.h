// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/files.h"
#include "core/predictions.h"

namespace qbench::reports {

/// predictions/<cell>.csv: sample,image,label,predicted,correct,finite,class_1,score_1 ... class_5,score_5.
/// Classes are numbers of the dataset's classes, -1 is an output that is no class; places beyond the model's outputs
/// are empty. Written as the images are evaluated, in constant memory: the file has its name only after finish().
class PredictionsWriter {
 public:
  /// Opens a temporary file in the same folder, which must exist. Throws Error(kIo).
  explicit PredictionsWriter(std::filesystem::path path);
  /// Without finish() the temporary file is removed.
  ~PredictionsWriter();
  PredictionsWriter(const PredictionsWriter&) = delete;
  PredictionsWriter& operator=(const PredictionsWriter&) = delete;

  /// `image` names the sample, in any bytes. Throws Error(kIo).
  void add(std::string_view image, const Prediction& prediction);
  /// Syncs and renames: after it the file is whole. Throws Error(kIo). Nothing may be added any more.
  void finish();

 private:
  void flush();

  std::filesystem::path path_;
  std::string temporary_;
  UniqueFd fd_;
  std::string buffer_;
};

/// What the writer wrote.
struct PredictionTable {
  std::vector<std::string> images;  ///< parallel to predictions
  std::vector<Prediction> predictions;
};

/// Throws Error(kIo) when the file cannot be read and Error(kConfig) with the row on anything that the writer would not
/// have written: a cut-off last row, a missing or extra field, a number out of range, "correct" that contradicts.
[[nodiscard]] PredictionTable read_predictions_csv(const std::filesystem::path& path);
/// The same from a text; `source` names it in messages.
[[nodiscard]] PredictionTable parse_predictions_csv(std::string_view text, std::string_view source);

}  // namespace qbench::reports
