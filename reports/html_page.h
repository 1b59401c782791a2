// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace qbench::reports {

/// Everything before the first heading: a page without script, whose policy lets nothing in but its own style sheet.
[[nodiscard]] std::string html_head(const std::string& title);
/// Ends what html_head began.
[[nodiscard]] std::string html_foot();

/// Collects the sections of a page; those without content are only named at the end.
class HtmlPage {
 public:
  /// `body` is markup.
  void add(const std::string& title, const std::string& body);
  [[nodiscard]] std::string text() const;

 private:
  std::string out_;
  std::vector<std::string> missing_;
};

}  // namespace qbench::reports
