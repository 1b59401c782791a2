// SPDX-License-Identifier: Apache-2.0
#include "reports/html_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/html_style.h"
#include "reports/html_text.h"

namespace qbench::reports {

std::string html_head(const std::string& title) {
  const std::string policy =
      fmt::format("default-src 'none'; style-src {}; base-uri 'none'; form-action 'none'", csp_hash(kHtmlStyle));
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>\n"
      "<meta name=\"referrer\" content=\"no-referrer\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n",
      policy, html_escaped(title), kHtmlStyle);
}

std::string html_foot() { return "</main>\n</body>\n</html>\n"; }

void HtmlPage::add(const std::string& title, const std::string& body) {
  if (body.empty()) {
    missing_.push_back(title);
  } else {
    out_ += fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", html_escaped(title), body);
  }
}

std::string HtmlPage::text() const {
  if (missing_.empty()) return out_;
  return out_ + fmt::format("<p class=\"about\">Nothing to show for: {}.</p>\n",
                            html_escaped(fmt::format("{}", fmt::join(missing_, ", "))));
}

}  // namespace qbench::reports
