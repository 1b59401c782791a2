// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace qbench::metrics {

/// How many images were classified and how many of them rightly.
struct ClassificationCounts {
  std::size_t images = 0;
  std::size_t top1 = 0;  ///< label is the prediction
  std::size_t top5 = 0;  ///< label is among the first five

  /// Adds one image by the rank of its label (rank_of(); nullopt counts as wrong).
  void add(std::optional<std::size_t> rank);
  /// Sums of two disjoint parts of a dataset.
  ClassificationCounts& operator+=(const ClassificationCounts& other);
  /// Fractions in 0..1; nullopt without images.
  [[nodiscard]] std::optional<double> top1_accuracy() const;
  [[nodiscard]] std::optional<double> top5_accuracy() const;
  bool operator==(const ClassificationCounts&) const = default;
};

/// Counts of (true class, predicted class). A prediction of kNoClass (or outside the classes) is counted apart, in
/// no_prediction(), and as wrong in every accuracy. Not thread-safe; merge one matrix per thread with +=.
class ConfusionMatrix {
 public:
  /// Throws Error(kUsage) for zero classes.
  explicit ConfusionMatrix(std::size_t classes);

  /// Throws Error(kUsage) when `truth` is not one of the classes.
  void add(int truth, int predicted);
  /// Throws Error(kUsage) when the numbers of classes differ.
  ConfusionMatrix& operator+=(const ConfusionMatrix& other);

  [[nodiscard]] std::size_t classes() const noexcept { return classes_; }
  [[nodiscard]] std::size_t count(std::size_t truth, std::size_t predicted) const;
  [[nodiscard]] std::size_t no_prediction(std::size_t truth) const;
  [[nodiscard]] std::size_t images_of(std::size_t truth) const;
  [[nodiscard]] std::size_t images() const;
  [[nodiscard]] std::size_t correct() const;
  /// Per class: right / images of that class (recall); nullopt for a class without images.
  [[nodiscard]] std::vector<std::optional<double>> per_class_accuracy() const;

 private:
  std::size_t classes_;
  std::size_t columns_;              // classes_ + 1: the last column is "no prediction"
  std::vector<std::size_t> counts_;  // row-major [truth][predicted]
};

}  // namespace qbench::metrics
