// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/record.h"

namespace qbench::reports {

/// Why the accuracy of a cell must not be set beside its baseline's: they were fed with other values, and not because
/// the user said so for both; or nobody knows what one of them wants. Empty when it may.
[[nodiscard]] std::string recipe_conflict(const CellRecord& cell, const CellRecord& baseline);

/// One line for each recipe that was used and not just given: for which cells, its name and where it comes from. Empty
/// for a run without accuracy.
[[nodiscard]] std::vector<std::string> recipe_lines(const Record& record);

/// Whether a figure of the cell rests on something that qbench assumed: its recipe, or what a warning that begins with
/// "assumed" names.
[[nodiscard]] bool rests_on_assumption(const CellRecord& cell);

/// "ok", "ok (assumed)", "crashed" ...: what stands in a table's row.
[[nodiscard]] std::string status_text(const Outcome& outcome, const CellRecord& cell);

}  // namespace qbench::reports
