// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/report_writer.h"
#include "reports/text_table.h"

namespace qbench::reports {

// What the board did while it was measured, in words, tables and charts that the reports share.

/// "batch 1 throttled: the clock of policy0 fell by 12 % ..." for each lane and the sustained run that carries a tag.
[[nodiscard]] std::vector<std::string> tag_lines(const CellRecord& cell);

/// "sustained 600 s: 2.5 ms cold, 3.1 ms steady after 240 s (1.24x); ..."; "" when it was not asked for.
[[nodiscard]] std::string sustained_sentence(const CellRecord& cell);

/// One row a window of every sustained run.
[[nodiscard]] TextTable sustained_table(const ReportInput& input);

/// Energy of one image for each lane and sustained run, or why there is none; without a row for a board that has no
/// meter at all, which one line of energy_line() says.
[[nodiscard]] TextTable energy_table(const ReportInput& input);

/// Which meter there is and what it covers, or why there is none.
[[nodiscard]] std::string energy_line(const Board& board);

/// p50 of each window over time, as an SVG chart; "" without sustained runs.
[[nodiscard]] std::string sustained_chart(const ReportInput& input);

/// Temperatures and clocks of the board over the run, as SVG charts; "" without samples.
[[nodiscard]] std::string board_charts(const Record& record);

}  // namespace qbench::reports
