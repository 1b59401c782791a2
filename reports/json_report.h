// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/report_writer.h"

namespace qbench::reports {

/// report.json: the whole record plus a "comparison" object, after configs/schema/report.schema.json. The only report
/// that can be read back (record_reader.h). Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] ReportFormat json_report();
[[nodiscard]] std::string json_report_text(const ReportInput& input);

}  // namespace qbench::reports
