// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/record.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// Summary of a lane's samples; nullopt without any.
[[nodiscard]] std::optional<LatencyColumns> latency_columns(const LaneRecord& lane);

/// `cell` owns `lane`; `baseline` is nullptr when `cell` is the baseline itself.
[[nodiscard]] LaneComparison compare_lane(const LaneRecord& lane, const CellRecord& cell, const CellRecord* baseline,
                                          const SpeedJudge& judge);

/// Largest VmHWM of the lane's phases in bytes; 0 when none was read.
[[nodiscard]] std::int64_t peak_rss_bytes(const LaneRecord& lane) noexcept;

}  // namespace qbench::reports
