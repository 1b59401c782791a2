// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/steady.h"

#include <algorithm>
#include <cmath>

#include "core/metrics/descriptive.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kFewestWindows = 4;
constexpr std::size_t kFewestReference = 3;

}  // namespace

std::optional<Steady> find_steady(std::span<const double> medians, double tolerance) {
  if (medians.size() < kFewestWindows) return std::nullopt;
  const std::size_t last_third = std::max(kFewestReference, medians.size() / 3);
  const double reference = median(medians.last(last_third));
  std::size_t first = medians.size();
  while (first > 0 && std::abs(medians[first - 1] - reference) <= tolerance * reference) --first;
  if (medians.size() - first < last_third) return std::nullopt;
  return Steady{first, median(medians.subspan(first))};
}

}  // namespace qbench::metrics
