// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/metrics/choose.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// What a rule can speak about, as measured for the cell at `index` of record and comparison: p50 and per-image time
/// with their 95 % intervals, speed-up from the rounds, drop and flips on the common images.
[[nodiscard]] metrics::Qualities qualities_of(const Record& record, const Comparison& comparison, std::size_t index);

/// Applies a rule like "drop<=0.5pp, size<=1MB, min latency" to all cells. Throws Error(kUsage) on a wrong rule.
[[nodiscard]] ChoiceVerdict choose_cell(const Record& record, const Comparison& comparison, std::string_view rule);

}  // namespace qbench::reports
