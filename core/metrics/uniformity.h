// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace qbench::metrics {

/// The nightly canary compares the reference with itself. If the method is sound its p-values are uniform for ever.

struct UniformityTest {
  double statistic = 0.0;  ///< Kolmogorov and Smirnov's D: the largest gap between the sample and the uniform line
  double p_value = 1.0;
};

/// Are the values uniform on [0, 1]? The p-value is exact (Marsaglia, Tsang & Wang 2003) up to 1000 values; beyond, the
/// limit distribution with Stephens' correction. nullopt without values. Throws Error(kUsage) on one outside [0, 1].
[[nodiscard]] std::optional<UniformityTest> ks_uniform_test(std::span<const double> values);

/// The value to feed to it for one night. The sign test's p takes few values (one night in six has p = 1 with 20
/// rounds), so even a sound method would fail; this is exactly uniform when there is no effect: P(K < k) + draw P(K =
/// k) for k positive ratios among the n that are not 0, K ~ Bin(n, 1/2), and `draw` uniform on [0, 1) from the night's
/// seed. Near 1: slower, near 0: faster. Throws Error(kUsage) on ratios that are not finite or a draw outside [0, 1).
[[nodiscard]] double uniform_sign_p(std::span<const double> ratios, double draw);

}  // namespace qbench::metrics
