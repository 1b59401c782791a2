// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/report_writer.h"

namespace qbench::reports {

/// report.md: what was measured, for people: the table, the verdicts, details of speed, memory and accuracy, what
/// failed and why, skipped images, the board, the settings and how the figures were made. Names are escaped.
[[nodiscard]] ReportFormat markdown_report();
[[nodiscard]] std::string markdown_report_text(const ReportInput& input);

}  // namespace qbench::reports
