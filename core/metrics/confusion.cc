// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/confusion.h"

#include <numeric>

#include "core/assert.h"
#include "core/error.h"

namespace qbench::metrics {
namespace {

std::optional<double> fraction(std::size_t part, std::size_t whole) {
  if (whole == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

void ClassificationCounts::add(std::optional<std::size_t> rank) {
  ++images;
  if (rank && *rank < 1) ++top1;
  if (rank && *rank < 5) ++top5;
}

ClassificationCounts& ClassificationCounts::operator+=(const ClassificationCounts& other) {
  images += other.images;
  top1 += other.top1;
  top5 += other.top5;
  return *this;
}

std::optional<double> ClassificationCounts::top1_accuracy() const { return fraction(top1, images); }
std::optional<double> ClassificationCounts::top5_accuracy() const { return fraction(top5, images); }

ConfusionMatrix::ConfusionMatrix(std::size_t classes)
    : classes_(classes), columns_(classes + 1), counts_(classes * columns_, 0) {
  if (classes == 0) throw Error(ErrorCode::kUsage, "a confusion matrix needs at least one class");
}

void ConfusionMatrix::add(int truth, int predicted) {
  if (truth < 0 || static_cast<std::size_t>(truth) >= classes_) {
    throw Error(ErrorCode::kUsage, "label {} is outside the {} classes", truth, classes_);
  }
  const bool known = predicted >= 0 && static_cast<std::size_t>(predicted) < classes_;
  const std::size_t column = known ? static_cast<std::size_t>(predicted) : classes_;
  ++counts_[static_cast<std::size_t>(truth) * columns_ + column];
}

ConfusionMatrix& ConfusionMatrix::operator+=(const ConfusionMatrix& other) {
  if (other.classes_ != classes_) {
    throw Error(ErrorCode::kUsage, "confusion matrices of {} and {} classes cannot be added", classes_, other.classes_);
  }
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  return *this;
}

std::size_t ConfusionMatrix::count(std::size_t truth, std::size_t predicted) const {
  QBENCH_ASSERT(truth < classes_ && predicted < classes_);
  return counts_[truth * columns_ + predicted];
}

std::size_t ConfusionMatrix::no_prediction(std::size_t truth) const {
  QBENCH_ASSERT(truth < classes_);
  return counts_[truth * columns_ + classes_];
}

std::size_t ConfusionMatrix::images_of(std::size_t truth) const {
  QBENCH_ASSERT(truth < classes_);
  const auto row = counts_.begin() + static_cast<std::ptrdiff_t>(truth * columns_);
  return std::accumulate(row, row + static_cast<std::ptrdiff_t>(columns_), std::size_t{0});
}

std::size_t ConfusionMatrix::images() const { return std::accumulate(counts_.begin(), counts_.end(), std::size_t{0}); }

std::size_t ConfusionMatrix::correct() const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < classes_; ++i) sum += count(i, i);
  return sum;
}

std::vector<std::optional<double>> ConfusionMatrix::per_class_accuracy() const {
  std::vector<std::optional<double>> result(classes_);
  for (std::size_t i = 0; i < classes_; ++i) result[i] = fraction(count(i, i), images_of(i));
  return result;
}

}  // namespace qbench::metrics
