// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/report_writer.h"

namespace qbench::reports {

/// report.html: one page without script that works offline: verdicts, warnings, the table, charts as SVG, where the
/// accuracy went, the images that changed sides, board, method and settings. Its Content-Security-Policy allows its one
/// style block and nothing else. Limits: charts cannot be zoomed or sorted, images are named and not shown, and long
/// lists are cut (the page says where); report.json has everything.
[[nodiscard]] ReportFormat html_report();
[[nodiscard]] std::string html_report_text(const ReportInput& input);

}  // namespace qbench::reports
