// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/threshold.h"

#include <algorithm>
#include <cmath>

namespace qbench::metrics {
namespace {

constexpr double kUsual = 0.5;

bool is_better(const ThresholdChoice& choice, const ThresholdChoice& than) {
  if (choice.correct != than.correct) return choice.correct > than.correct;
  return std::abs(choice.threshold - kUsual) < std::abs(than.threshold - kUsual);
}

}  // namespace

ThresholdChoice best_threshold(std::vector<TwoClassAnswer> answers) {
  std::ranges::sort(answers, {}, &TwoClassAnswer::second);
  ThresholdChoice best{.threshold = kUsual, .correct = 0};
  for (const TwoClassAnswer& answer : answers) best.correct += (answer.second > kUsual) == answer.is_second ? 1 : 0;
  // The threshold moves up over one score after the other, beginning below all of them.
  auto correct = static_cast<std::size_t>(std::ranges::count_if(answers, &TwoClassAnswer::is_second));
  double below = 0.0;
  for (std::size_t i = 0; i <= answers.size(); ++i) {
    const double above = i < answers.size() ? static_cast<double>(answers[i].second) : 1.0;
    if (above > below) {
      const ThresholdChoice choice{.threshold = (below + above) / 2.0, .correct = correct};
      if (is_better(choice, best)) best = choice;
    }
    if (i == answers.size()) break;
    correct = answers[i].is_second ? correct - 1 : correct + 1;
    below = above;
  }
  return best;
}

}  // namespace qbench::metrics
