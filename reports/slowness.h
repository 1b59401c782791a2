// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/record.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// What the slowness of a lane is judged by. Everything borrowed, all of one record.
struct SlownessCase {
  const Record& record;
  const CellRecord& cell;
  const LaneRecord& lane;
  const LaneComparison& compared;  ///< with latency and speed_up, else there is nothing to explain
};

/// True where a user will ask "why is it not faster?": SLOWER in any precision; in an 8-bit or 16x8 one also EQUIVALENT
/// and DIFFERENT BUT SMALL.
[[nodiscard]] bool asks_for_causes(const CellRecord& cell, const LaneComparison& compared);

/// The causes that the record proves, the heaviest first, one sentence each; empty when it proves none, and when nobody
/// asks. Pure.
[[nodiscard]] std::vector<std::string> slowness_causes(const SlownessCase& slow);

}  // namespace qbench::reports
