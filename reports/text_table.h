// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/report_writer.h"

namespace qbench::reports {

/// A table before it becomes Markdown or HTML. Its texts are as they came; whoever renders it escapes them. An empty
/// text means "not measured". The first column names the row.
struct TextTable {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
};

/// One row a cell: the table that a reader sees first.
[[nodiscard]] TextTable overview_table(const ReportInput& input);
/// One row a cell and batch with samples.
[[nodiscard]] TextTable speed_table(const ReportInput& input);
[[nodiscard]] TextTable phases_table(const ReportInput& input);
/// One row an evaluated cell.
[[nodiscard]] TextTable accuracy_table(const ReportInput& input);
/// One row a cell: files, hashes, versions.
[[nodiscard]] TextTable models_table(const ReportInput& input);

/// GitHub's Markdown with an empty line after it; "" for a table without rows.
[[nodiscard]] std::string markdown_table(const TextTable& table);

}  // namespace qbench::reports
