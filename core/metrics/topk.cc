// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/topk.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace qbench::metrics {

int argmax(std::span<const float> scores) {
  int best = kNoClass;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (std::isnan(scores[i])) continue;
    if (best == kNoClass || scores[i] > scores[static_cast<std::size_t>(best)]) best = static_cast<int>(i);
  }
  return best;
}

std::vector<int> top_k(std::span<const float> scores, std::size_t k) {
  std::vector<int> order;
  order.reserve(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!std::isnan(scores[i])) order.push_back(static_cast<int>(i));
  }
  k = std::min(k, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(k), order.end(), [&](int a, int b) {
    const float left = scores[static_cast<std::size_t>(a)];
    const float right = scores[static_cast<std::size_t>(b)];
    return left != right ? left > right : a < b;
  });
  order.resize(k);
  return order;
}

std::optional<std::size_t> rank_of(std::span<const float> scores, int label) {
  if (label < 0 || static_cast<std::size_t>(label) >= scores.size()) {
    throw Error(ErrorCode::kUsage, "label {} is outside the model's {} classes", label, scores.size());
  }
  const auto own_index = static_cast<std::size_t>(label);
  const float own = scores[own_index];
  if (std::isnan(own)) return std::nullopt;
  std::size_t before = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > own || (scores[i] == own && i < own_index)) ++before;
  }
  return before;
}

std::optional<RankRange> rank_range(std::span<const float> scores, int label) {
  const std::optional<std::size_t> rank = rank_of(scores, label);
  if (!rank) return std::nullopt;
  const float own = scores[static_cast<std::size_t>(label)];
  const auto higher = std::ranges::count_if(scores, [own](float score) { return score > own; });
  const auto equal = std::ranges::count(scores, own);
  return RankRange{static_cast<std::size_t>(higher), static_cast<std::size_t>(higher + equal - 1)};
}

bool ties_cross(std::span<const float> scores, std::size_t k) {
  const std::vector<int> best = top_k(scores, k + 1);
  if (k == 0 || best.size() <= k) return false;
  return scores[static_cast<std::size_t>(best[k - 1])] == scores[static_cast<std::size_t>(best[k])];
}

bool all_finite(std::span<const float> scores) {
  return std::ranges::all_of(scores, [](float score) { return std::isfinite(score); });
}

std::optional<double> top_margin(std::span<const float> scores) {
  const std::vector<int> best = top_k(scores, 2);
  if (best.size() < 2) return std::nullopt;
  const double margin = static_cast<double>(scores[static_cast<std::size_t>(best[0])]) -
                        static_cast<double>(scores[static_cast<std::size_t>(best[1])]);
  if (std::isnan(margin)) return std::nullopt;
  return margin;
}

}  // namespace qbench::metrics
