// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace qbench::metrics {

/// What the rows of a model's output are.
enum class ScoreKind {
  kProbabilities,  ///< used as they are, after scaling each row to sum 1
  kLogits,         ///< a softmax is applied first
};

/// kProbabilities when every finite score is within [0, 1.01] and the median row sums to 0.5 .. 1.5 (quantized
/// probabilities miss 1 by their rounding), kLogits otherwise. `scores` is row-major, `classes` per row. Throws
/// Error(kUsage) when there is no row, or the size is not a multiple of `classes`.
[[nodiscard]] ScoreKind score_kind(std::span<const float> scores, std::size_t classes);

/// The step of scores that were rounded on their way out: 1/256 (what 8-bit softmax and sigmoid outputs have), else
/// 1/32768 (16-bit ones), when every finite score is a multiple of it and one lies between 0 and 1; else 0. Seen in the
/// values alone, so that a DEQUANTIZE behind the output changes nothing. Throws as score_kind() does.
[[nodiscard]] double score_step(std::span<const float> scores, std::size_t classes);

/// How far B's outputs are from A's over the same images. Two models can have the same accuracy and differ much here.
struct Divergence {
  ScoreKind kind_a = ScoreKind::kProbabilities;
  ScoreKind kind_b = ScoreKind::kProbabilities;
  std::size_t rows = 0;             ///< rows compared
  std::size_t rows_not_finite = 0;  ///< rows left out because a score is NaN or infinite
  double kl_mean = 0.0;             ///< mean over rows of KL(A || B) in nats
  double kl_p99 = 0.0;              ///< its 99th percentile (quantile_of_sorted)
  double step = 0.0;                ///< in which both are compared by KL, see compare_scores(); 0: as they are
  double max_abs_difference = 0.0;  ///< largest |a - b| of a raw score
  double cosine_mean = 0.0;         ///< mean over rows of the cosine between the raw scores
};

/// Rows of A and B in the same image order, row-major, `classes` per row. KL clamps probabilities at 1e-12 and scales
/// again, so it is never negative. Where the probabilities of a side come in steps (score_step(); the coarser of the
/// two), both sides are rounded to the step and a zero counts as a quarter of one, the middle of what is rounded to it:
/// the logarithm of the clamp would else be most of the figure, and rounding alone is no difference between models. All
/// zero figures when no row is finite in both. The cosine of two all-zero rows is 1, of one 0. Throws Error(kUsage) on
/// sizes that do not fit.
[[nodiscard]] Divergence compare_scores(std::span<const float> a, std::span<const float> b, std::size_t classes);

/// KL(p || q) in nats of two rows of the same length, by the rule above. Throws Error(kUsage) on different or zero
/// lengths.
[[nodiscard]] double kl_divergence(std::span<const double> p, std::span<const double> q);

}  // namespace qbench::metrics
