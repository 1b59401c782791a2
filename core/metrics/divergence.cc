// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/divergence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/topk.h"

namespace qbench::metrics {
namespace {

constexpr double kLeastProbability = 1e-12;

void require_rows(std::span<const float> scores, std::size_t classes) {
  if (classes == 0 || scores.empty() || scores.size() % classes != 0) {
    throw Error(ErrorCode::kUsage, "{} scores are not rows of {} classes", scores.size(), classes);
  }
}

void scale_to_one(std::vector<double>& row) {
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  for (double& value : row) value /= sum;
}

std::vector<double> clamped(std::span<const double> row) {
  std::vector<double> result(row.begin(), row.end());
  for (double& value : result) value = std::max(value, kLeastProbability);
  scale_to_one(result);
  return result;
}

/// TensorFlow Lite fixes the scale of 8-bit and of 16-bit softmax and sigmoid outputs.
constexpr std::array kSteps{1.0 / 256.0, 1.0 / 32768.0};
/// Of a step: what is rounded to zero lies between zero and half a step.
constexpr double kMiddleOfZero = 0.25;

bool comes_in_steps(std::span<const float> scores, double step) {
  bool between = false;
  for (const float score : scores) {
    if (!std::isfinite(score)) continue;
    const double steps = static_cast<double>(score) / step;
    if (steps != std::floor(steps)) return false;
    between = between || (score > 0.0F && score < 1.0F);
  }
  return between;
}

/// Sums to one; where `step` is not 0, what an output of that step would have told.
std::vector<double> probabilities(std::span<const float> row, ScoreKind kind, double step) {
  std::vector<double> result(row.begin(), row.end());
  if (kind == ScoreKind::kLogits) {
    const double highest = *std::ranges::max_element(result);
    for (double& value : result) value = std::exp(value - highest);
    scale_to_one(result);
  }
  if (step > 0.0) {
    for (double& value : result) value = step * std::max(std::floor(value / step + 0.5), kMiddleOfZero);
  }
  return clamped(result);
}

double cosine(std::span<const float> a, std::span<const float> b) {
  double dot = 0.0;
  double a_squared = 0.0;
  double b_squared = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    const double y = b[i];
    dot += x * y;
    a_squared += x * x;
    b_squared += y * y;
  }
  if (a_squared == 0.0 && b_squared == 0.0) return 1.0;
  if (a_squared == 0.0 || b_squared == 0.0) return 0.0;
  return dot / (std::sqrt(a_squared) * std::sqrt(b_squared));
}

}  // namespace

ScoreKind score_kind(std::span<const float> scores, std::size_t classes) {
  require_rows(scores, classes);
  std::vector<double> sums;
  for (std::size_t first = 0; first < scores.size(); first += classes) {
    const std::span<const float> row = scores.subspan(first, classes);
    if (!all_finite(row)) continue;
    if (std::ranges::any_of(row, [](float score) { return score < 0.0F || score > 1.01F; })) return ScoreKind::kLogits;
    sums.push_back(std::accumulate(row.begin(), row.end(), 0.0));
  }
  if (sums.empty()) return ScoreKind::kLogits;
  const double typical = median(sums);
  return typical >= 0.5 && typical <= 1.5 ? ScoreKind::kProbabilities : ScoreKind::kLogits;
}

double score_step(std::span<const float> scores, std::size_t classes) {
  if (score_kind(scores, classes) != ScoreKind::kProbabilities) return 0.0;
  const auto* found = std::ranges::find_if(kSteps, [&](double step) { return comes_in_steps(scores, step); });
  return found == kSteps.end() ? 0.0 : *found;
}

Divergence compare_scores(std::span<const float> a, std::span<const float> b, std::size_t classes) {
  if (a.size() != b.size()) throw Error(ErrorCode::kUsage, "{} scores of A but {} of B", a.size(), b.size());
  Divergence result{.kind_a = score_kind(a, classes), .kind_b = score_kind(b, classes)};
  result.step = std::max(score_step(a, classes), score_step(b, classes));
  std::vector<double> divergences;
  double cosine_sum = 0.0;
  for (std::size_t first = 0; first < a.size(); first += classes) {
    const std::span<const float> row_a = a.subspan(first, classes);
    const std::span<const float> row_b = b.subspan(first, classes);
    if (!all_finite(row_a) || !all_finite(row_b)) {
      ++result.rows_not_finite;
      continue;
    }
    divergences.push_back(kl_divergence(probabilities(row_a, result.kind_a, result.step),
                                        probabilities(row_b, result.kind_b, result.step)));
    cosine_sum += cosine(row_a, row_b);
    for (std::size_t i = 0; i < classes; ++i) {
      const double difference = std::abs(static_cast<double>(row_a[i]) - static_cast<double>(row_b[i]));
      result.max_abs_difference = std::max(result.max_abs_difference, difference);
    }
  }
  result.rows = divergences.size();
  if (divergences.empty()) return result;
  result.kl_mean = mean(divergences);
  result.kl_p99 = quantile_of_sorted(sorted_copy(divergences), 0.99);
  result.cosine_mean = cosine_sum / static_cast<double>(result.rows);
  return result;
}

double kl_divergence(std::span<const double> p, std::span<const double> q) {
  if (p.size() != q.size() || p.empty()) {
    throw Error(ErrorCode::kUsage, "the divergence of rows of {} and {} classes is not defined", p.size(), q.size());
  }
  const std::vector<double> from = clamped(p);
  const std::vector<double> to = clamped(q);
  double sum = 0.0;
  for (std::size_t i = 0; i < from.size(); ++i) sum += from[i] * std::log(from[i] / to[i]);
  return std::max(0.0, sum);  // rounding can leave -1e-17 for equal rows
}

}  // namespace qbench::metrics
