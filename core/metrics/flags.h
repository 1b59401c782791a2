// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace qbench::metrics {

/// Signs that a machine was not steady while it was measured. They are printed beside a result and never change it.
/// All throw Error(kUsage) on values that are not finite, and give nullopt where the question has no answer (too few
/// values, all equal).

/// A p-value below this raises the flag.
inline constexpr double kFlagP = 0.01;

struct FlagTest {
  double statistic = 0.0;
  double p_value = 1.0;
};

/// Spearman's rank correlation of the values with their order in time, p from Student's t with n-2 degrees of freedom.
/// Positive: getting slower. At least 3 values.
[[nodiscard]] std::optional<FlagTest> drift_test(std::span<const double> values);

/// Ljung & Box 1978: do the values depend on the ones before? Chi-squared over ceil(ln n) lags. At least 3 values.
[[nodiscard]] std::optional<FlagTest> ljung_box_test(std::span<const double> values);

/// Wald & Wolfowitz 1940 on the signs: statistic below 0 when the same sign comes in long runs. Zeros are skipped; both
/// signs must occur. Normal approximation.
[[nodiscard]] std::optional<FlagTest> sign_runs_test(std::span<const double> values);

/// Median of the second half divided by that of the first (of an odd number the middle value belongs to neither).
/// At least 2 values and a first half with a median above zero.
[[nodiscard]] std::optional<double> half_ratio(std::span<const double> values);

/// The share of the variance that lies between processes, by one-way random effects:
/// s_b^2 = max(0, (MSB - MSW) / n0), share = s_b^2 / (s_b^2 + MSW), n0 = (N - sum n_i^2 / N) / (k - 1) for k groups.
/// Above 0.2, restarting workers more often tells more than longer blocks. Empty groups are left out; at least two
/// groups and one repetition are needed. 0 when nothing varies.
[[nodiscard]] std::optional<double> variance_share(const std::vector<std::vector<double>>& groups);

}  // namespace qbench::metrics
