// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qbench {

/// Percent in one; also percentage points of a share.
inline constexpr double kPercent = 100.0;
inline constexpr double kNanosecondsPerMillisecond = 1e6;

}  // namespace qbench
