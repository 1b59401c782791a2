// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace qbench::metrics {

/// Distribution functions under plain names, so that Boost.Math is compiled in one place only.
/// All are pure and thread-safe; an argument outside the stated range is a broken invariant of the caller.

[[nodiscard]] double normal_cdf(double z);
/// Inverse of normal_cdf for 0 < p < 1.
[[nodiscard]] double normal_quantile(double p);

/// Student's t with `df` > 0 degrees of freedom.
[[nodiscard]] double student_t_quantile(double p, double df);
/// P(|T| >= |t|), two-sided.
[[nodiscard]] double student_t_two_sided_p(double t, double df);

/// P(X >= x) of a chi-squared variable with `df` > 0 degrees of freedom.
[[nodiscard]] double chi_squared_upper_p(double x, double df);

/// Inverse of the regularised incomplete beta function: the p-quantile of Beta(a, b), a > 0, b > 0.
[[nodiscard]] double beta_quantile(double p, double a, double b);

/// P(X <= k) for X ~ Bin(n, p); 0 for k < 0 and 1 for k >= n.
[[nodiscard]] double binomial_cdf(std::int64_t k, std::size_t n, double p);
/// P(X = k) for X ~ Bin(n, p); 0 outside 0..n.
[[nodiscard]] double binomial_pmf(std::int64_t k, std::size_t n, double p);

}  // namespace qbench::metrics
