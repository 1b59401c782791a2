// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/record.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// Both lanes must hold at least one sample. Rounds are paired by BlockRecord::round; a round counts by the median of
/// its samples, and rounds that only one side has do not count.
[[nodiscard]] SpeedUp compare_speed(const LaneRecord& lane, const LaneRecord& baseline,
                                    const metrics::LatencyVerdictOptions& options);

}  // namespace qbench::reports
