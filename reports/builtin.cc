// SPDX-License-Identifier: Apache-2.0
#include "reports/builtin.h"

#include "core/error.h"
#include "core/files.h"
#include "core/nearest.h"
#include "reports/csv_report.h"
#include "reports/gbench_report.h"
#include "reports/html_report.h"
#include "reports/json_report.h"
#include "reports/junit_report.h"
#include "reports/markdown_report.h"

namespace qbench::reports {

const std::vector<ReportFormat>& report_formats() {
  static const std::vector<ReportFormat> formats{json_report(), csv_report(),   markdown_report(),
                                                 html_report(), junit_report(), gbench_report()};
  return formats;
}

const ReportFormat& report_format(std::string_view name) {
  std::vector<std::string> names;
  for (const ReportFormat& format : report_formats()) {
    if (format.name == name) return format;
    names.push_back(format.name);
  }
  throw Error(ErrorCode::kConfig, "'{}' is no report format{}", name, nearest_hint(name, names));
}

void write_report(const ReportFormat& format, const ReportInput& input, const std::filesystem::path& folder) {
  write_file_atomic(folder / format.file, format.text(input));
}

}  // namespace qbench::reports
