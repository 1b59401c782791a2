// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "core/metrics/intervals.h"

namespace qbench::metrics {

/// What a machine does slowly (other guests of its host, heat, clocks) changes a ratio for seconds to minutes. Rounds
/// scatter about the level of their moment, so an interval from their scatter alone speaks of these minutes, and the
/// same pair measured an hour later may lie far outside. How far the level moved within the run is the best there is to
/// say how far it moves between runs: such noise has about the same size at every scale (flicker noise).

/// How far the level of this run lies from that of others, at 99 %: t_(0.995, k-1) * s, where s^2 = max(0, variance of
/// the medians of the parts - what the scatter of the rounds makes of it) over k = 4 to 8 parts of at least four
/// successive rounds (two-level random effects). The scatter is taken from differences of successive rounds within the
/// parts (median of the absolute, normal consistent), the variance of a median of g values as pi/2 sigma^2/g with a
/// correction for few. 0 where the parts differ by no more than that, and below 10 rounds. In the unit of `rounds`,
/// which are in the order of their measuring. Throws Error(kUsage) on values that are not finite.
[[nodiscard]] double slow_change_allowance(std::span<const double> rounds);

/// The interval about `estimate` with an independent allowance on both sides: each half the root of the sum of squares.
[[nodiscard]] Interval with_allowance(const Interval& interval, double estimate, double allowance);

}  // namespace qbench::metrics
