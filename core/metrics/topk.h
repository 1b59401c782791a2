// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace qbench::metrics {

/// "No class": what a row of scores predicts when it holds no number at all. It never equals a label.
inline constexpr int kNoClass = -1;

/// How classes are ordered everywhere: the higher score first, of equal scores the lower index, NaN after everything
/// (minus infinity included). Quantized outputs tie often, so this order is part of every accuracy figure.

/// Index of the first class in that order; kNoClass when `scores` is empty or all NaN.
[[nodiscard]] int argmax(std::span<const float> scores);

/// The first min(k, size) classes in that order, without those whose score is NaN.
[[nodiscard]] std::vector<int> top_k(std::span<const float> scores, std::size_t k);

/// How many classes come before `label` (0: it is the prediction, < 5: it is in the top 5); nullopt when the label's
/// own score is NaN. Throws Error(kUsage) when the label is not an index of `scores`.
[[nodiscard]] std::optional<std::size_t> rank_of(std::span<const float> scores, int label);

/// Where `label` may stand, were equal scores in any order: between `best` and `worst`, counted as rank_of() does.
struct RankRange {
  std::size_t best = 0;
  std::size_t worst = 0;
};
/// nullopt when the label's own score is NaN. Throws as rank_of() does.
[[nodiscard]] std::optional<RankRange> rank_range(std::span<const float> scores, int label);

/// Whether equal scores stand on both sides of the k-th place: which classes are the first k is then decided by their
/// index alone. False when there are no more than k numbers.
[[nodiscard]] bool ties_cross(std::span<const float> scores, std::size_t k);

/// True when every score is a finite number. A model whose outputs are not is broken, and its report must say so.
[[nodiscard]] bool all_finite(std::span<const float> scores);

/// Score of the first class minus that of the second: how close a prediction was. nullopt with fewer than two
/// numbers, or when both are the same infinity.
[[nodiscard]] std::optional<double> top_margin(std::span<const float> scores);

}  // namespace qbench::metrics
