// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/intervals.h"

namespace qbench::metrics {

/// A figure with what is known of its uncertainty; an exact figure (a file size) has no interval.
struct Measured {
  double value = 0.0;
  std::optional<Interval> interval;
};

/// The common part of --choose and --gate: "name<=+1.5unit".
struct Comparison {
  enum class Op { kAtMost, kLess, kAtLeast, kGreater };
  std::string name;
  Op op = Op::kAtMost;
  double value = 0.0;
  std::string unit;  ///< "" when none was written
  std::string text;  ///< as written, without outer spaces

  /// Whether `x` satisfies it, both in the same unit.
  [[nodiscard]] static bool holds(Op op, double x, double limit) noexcept;
  /// True for "<=" and "<".
  [[nodiscard]] bool is_upper_limit() const noexcept { return op == Op::kAtMost || op == Op::kLess; }
};

/// The terms between commas without outer spaces. Throws Error(kUsage) on an empty text or term; `option` names the
/// source in every message ("--gate").
[[nodiscard]] std::vector<std::string> split_terms(std::string_view text, std::string_view option);

/// Reads one term. Throws Error(kUsage) that shows the term and what is wrong in it: no operator, no number, ...
[[nodiscard]] Comparison parse_comparison(std::string_view term, std::string_view option);

}  // namespace qbench::metrics
