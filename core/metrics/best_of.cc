// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/best_of.h"

#include <algorithm>

#include "core/error.h"
#include "core/metrics/paired.h"

namespace qbench::metrics {
namespace {

std::size_t count_of(std::span<const std::uint8_t> hits) {
  return static_cast<std::size_t>(std::ranges::count_if(hits, [](std::uint8_t hit) { return hit != 0; }));
}

}  // namespace

bool clearly_better(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, double level) {
  if (count_of(a) <= count_of(b)) return false;
  const PairedCounts flips = count_flips(a, b);
  return mcnemar_exact_p(flips.right_to_wrong, flips.wrong_to_right) < level;
}

bool clearly_higher(std::span<const float> a, std::span<const float> b, double level) {
  if (a.size() != b.size()) throw Error(ErrorCode::kUsage, "{} and {} images cannot be compared", a.size(), b.size());
  std::size_t higher = 0;
  std::size_t lower = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    higher += a[i] > b[i] ? 1 : 0;
    lower += a[i] < b[i] ? 1 : 0;
  }
  return higher > lower && mcnemar_exact_p(higher, lower) < level;
}

}  // namespace qbench::metrics
