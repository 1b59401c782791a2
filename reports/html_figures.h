// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "reports/report_writer.h"

namespace qbench::reports {

/// The charts of report.html with their captions and the key to their numbers; "" when there is nothing to draw.
[[nodiscard]] std::string html_figures(const ReportInput& input);

}  // namespace qbench::reports
