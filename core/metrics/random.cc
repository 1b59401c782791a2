// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/random.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/assert.h"

namespace qbench::metrics {
namespace {

/// ln(k!): products below 16, then Stirling's series, whose next term is 1e-14 there.
double log_factorial(std::size_t k) {
  const auto x = static_cast<double>(k);
  if (k < 16) {
    double product = 1.0;
    for (double i = 2.0; i <= x; i += 1.0) product *= i;
    return std::log(product);
  }
  const double inverse_square = 1.0 / (x * x);
  const double series =
      (1.0 / 12.0 - inverse_square * (1.0 / 360.0 - inverse_square * (1.0 / 1260.0 - inverse_square / 1680.0))) / x;
  return (x + 0.5) * std::log(x) - x + 0.5 * std::log(2.0 * std::numbers::pi) + series;
}

/// P(Bin(n, p) = k) fast: a bootstrap draws millions, and an error of 1e-10 moves no draw that anybody can see.
double fast_binomial_pmf(std::size_t k, std::size_t n, double p) {
  return std::exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k) + static_cast<double>(k) * std::log(p) +
                  static_cast<double>(n - k) * std::log1p(-p));
}

}  // namespace

std::uint64_t Random::below(std::uint64_t bound) {
  QBENCH_ASSERT(bound > 0);
  constexpr std::uint64_t kHighest = std::numeric_limits<std::uint64_t>::max();
  // 2^64 mod bound values at the top would make small results more likely.
  const std::uint64_t uneven = (kHighest % bound + 1) % bound;
  std::uint64_t drawn = engine_();
  while (drawn > kHighest - uneven) drawn = engine_();
  return drawn % bound;
}

double Random::unit() {
  constexpr double kStep = 0x1.0p-53;
  return static_cast<double>(engine_() >> 11) * kStep;
}

std::size_t Random::binomial(std::size_t trials, double p) {
  QBENCH_ASSERT(p >= 0.0 && p <= 1.0);
  if (trials == 0 || p == 0.0) return 0;
  if (p == 1.0) return trials;
  const auto n = static_cast<double>(trials);
  const auto mode = std::min(trials, static_cast<std::size_t>((n + 1.0) * p));
  const double odds = p / (1.0 - p);
  const double at_mode = fast_binomial_pmf(mode, trials, p);
  double left = unit() - at_mode;
  double low_chance = at_mode;
  double high_chance = at_mode;
  std::size_t low = mode;
  std::size_t high = mode;
  while (left >= 0.0 && (low > 0 || high < trials)) {
    if (low > 0) {
      low_chance *= static_cast<double>(low) / (odds * static_cast<double>(trials - low + 1));
      --low;
      left -= low_chance;
      if (left < 0.0) return low;
    }
    if (high < trials) {
      high_chance *= odds * static_cast<double>(trials - high) / static_cast<double>(high + 1);
      ++high;
      left -= high_chance;
      if (left < 0.0) return high;
    }
  }
  return mode;  // drawn at the mode, or the chances summed to a hair less than the draw
}

}  // namespace qbench::metrics
