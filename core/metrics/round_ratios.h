// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "core/record.h"

namespace qbench::metrics {

/// Median of each round's samples in nanoseconds, by round. A round whose median is zero (a clock too coarse) has no
/// logarithm and is left out.
[[nodiscard]] std::map<int, double> round_medians(const LaneRecord& lane);

/// ln(lane / baseline) of every round in which both were timed, in the order of the rounds: what judge_latency() and
/// judge_night() take. Only meaningful for two lanes of one run.
[[nodiscard]] std::vector<double> round_log_ratios(const LaneRecord& lane, const LaneRecord& baseline);

}  // namespace qbench::metrics
