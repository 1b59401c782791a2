// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/alarms.h"

#include <fmt/format.h>

#include "core/metrics/intervals.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kFewestImages = 20;
constexpr double kConfidence = 0.99;

/// Images whose prediction is their label + shift.
std::size_t hits(std::span<const Prediction> predictions, int shift) {
  std::size_t count = 0;
  for (const Prediction& prediction : predictions) {
    count += prediction.finite && prediction.top1() >= 0 && prediction.top1() == prediction.label + shift ? 1 : 0;
  }
  return count;
}

}  // namespace

std::vector<std::string> accuracy_alarms(std::span<const Prediction> predictions, int classes) {
  std::vector<std::string> alarms;
  if (predictions.size() < kFewestImages || classes < 2) return alarms;
  const std::size_t right = hits(predictions, 0);
  const metrics::Interval interval = metrics::proportion_interval(right, predictions.size(), kConfidence);
  if (interval.low <= 1.0 / classes) {
    alarms.push_back(
        fmt::format("top-1 is {:.1f} %, no better than guessing among {} classes: the recipe or the labels "
                    "are probably wrong; try 'qbench recipe MODEL DATA'",
                    100.0 * static_cast<double>(right) / static_cast<double>(predictions.size()), classes));
  }
  for (int shift : {-1, 1}) {
    const std::size_t shifted = hits(predictions, shift);
    const metrics::Interval other = metrics::proportion_interval(shifted, predictions.size(), kConfidence);
    if (classes > 2 && other.low > interval.high) {
      alarms.push_back(
          fmt::format("the class {} the right one is predicted for {} images, the right one for {}: the "
                      "labels are off by one; set label_offset or the labels file",
                      shift > 0 ? "after" : "before", shifted, right));
    }
  }
  return alarms;
}

}  // namespace qbench::engine
