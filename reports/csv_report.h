// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/report_writer.h"

namespace qbench::reports {

/// report.csv: tidy, one row for each cell and batch, failed ones too. Column names carry the unit; a missing value is
/// an empty field. Quoting and the handling of formulas: csv_text.h.
[[nodiscard]] ReportFormat csv_report();
[[nodiscard]] std::string csv_report_text(const ReportInput& input);

}  // namespace qbench::reports
