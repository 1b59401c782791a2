// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace qbench::reports {

/// A table of Markdown: the first column to the left, the others to the right. Every cell is escaped here.
class MarkdownTable {
 public:
  explicit MarkdownTable(const std::vector<std::string>& titles);
  void add_row(const std::vector<std::string>& cells);
  /// With an empty line after it.
  [[nodiscard]] std::string text() const { return text_ + "\n"; }

 private:
  std::string text_;
};

}  // namespace qbench::reports
