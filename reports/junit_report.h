// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/report_writer.h"

namespace qbench::reports {

/// junit.xml for CI systems: one case for each cell (crashed, timeout, oom and error are errors with the worker's last
/// lines; unsupported and cancelled are skipped) and one for each gate (missed is a failure, not decided is skipped).
[[nodiscard]] ReportFormat junit_report();
[[nodiscard]] std::string junit_report_text(const ReportInput& input);

}  // namespace qbench::reports
