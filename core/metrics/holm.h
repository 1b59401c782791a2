// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace qbench::metrics {

/// Many rows are judged in one table; by chance alone one in a hundred would stand out at 1 %.

/// Adjusted p-values in the order given (Holm 1979): a row stands out at level alpha over the whole table when its
/// adjusted p <= alpha. Rows may depend on each other. A row that was looked at more than once comes with a p-value for
/// all its looks (LatencyVerdict::p_value). Throws Error(kUsage) when one is not within [0, 1].
[[nodiscard]] std::vector<double> holm_adjusted(std::span<const double> p_values);

/// Confidence of each row's interval such that all of `rows` hold together at 1 - alpha (Bonferroni): 1 - alpha/rows.
/// Throws Error(kUsage) for no row or alpha outside (0, 1).
[[nodiscard]] double row_confidence(double alpha, std::size_t rows);

}  // namespace qbench::metrics
