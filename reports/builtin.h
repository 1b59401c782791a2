// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "reports/report_writer.h"

namespace qbench::reports {

/// Every report format of this build, in the order in which they are written and listed.
[[nodiscard]] const std::vector<ReportFormat>& report_formats();

/// Throws Error(kConfig) with the nearest name.
[[nodiscard]] const ReportFormat& report_format(std::string_view name);

/// Puts the format's file into `folder`, which exists, whole or not at all. Throws Error(kIo).
void write_report(const ReportFormat& format, const ReportInput& input, const std::filesystem::path& folder);

}  // namespace qbench::reports
