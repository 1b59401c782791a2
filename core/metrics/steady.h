// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace qbench::metrics {

/// From which window on a series of window medians is level.
struct Steady {
  std::size_t first = 0;  ///< the first steady window
  double level = 0.0;     ///< median of the steady windows
};

/// The reference is the median of the last third (three windows at least). The series is steady from the first window
/// from which on every one lies within `tolerance` (a share) of it; nullopt with fewer than four windows, or when not
/// even the last third does. Same figure as the latency verdicts: 2 %.
[[nodiscard]] std::optional<Steady> find_steady(std::span<const double> medians, double tolerance = 0.02);

}  // namespace qbench::metrics
