// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/alarms.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/classifier_view.h"
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

float second_score(const Prediction& prediction) {
  return prediction.classes[0] == 1 ? prediction.scores[0] : prediction.scores[1];
}

}  // namespace

std::string one_value_question(std::span<const Prediction> predictions) {
  const float low = two_class_scores(0.0F, ScoresForm::kLogOdds)[1];
  const float high = two_class_scores(1.0F, ScoresForm::kLogOdds)[1];
  const bool inside = std::ranges::all_of(predictions, [&](const Prediction& prediction) {
    return prediction.finite && second_score(prediction) >= low && second_score(prediction) <= high;
  });
  if (predictions.empty() || !inside) return {};
  return "the one output value lies in 0 .. 1 on every image and no LOGISTIC makes it: is it a probability or a logit? "
         "give --one-value probability or --one-value logit";
}

std::string reversed_alarm(std::span<const Prediction> predictions) {
  if (predictions.size() < kFewestImages) return {};
  const std::size_t right = hits(predictions, 0);
  const metrics::Interval interval = metrics::proportion_interval(right, predictions.size(), kConfidence);
  if (interval.high >= 0.5) return {};
  return fmt::format(
      "only {} of {} right, fewer than by guessing: the one output value seems to be that of the first "
      "class; swap the two classes in the labels file",
      right, predictions.size());
}

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
