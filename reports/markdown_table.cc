// SPDX-License-Identifier: Apache-2.0
#include "reports/markdown_table.h"

#include "reports/text.h"

namespace qbench::reports {

MarkdownTable::MarkdownTable(const std::vector<std::string>& titles) {
  add_row(titles);
  for (std::size_t i = 0; i < titles.size(); ++i) text_ += i == 0 ? "|:--" : "|--:";
  text_ += "|\n";
}

void MarkdownTable::add_row(const std::vector<std::string>& cells) {
  for (const std::string& cell : cells) text_ += "| " + (cell.empty() ? "-" : markdown_escaped(cell)) + " ";
  text_ += "|\n";
}

}  // namespace qbench::reports
