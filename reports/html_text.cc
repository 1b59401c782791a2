// SPDX-License-Identifier: Apache-2.0
#include "reports/html_text.h"

#include <fmt/format.h>

#include <charconv>

#include "core/sha256.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::vector<unsigned char> bytes_of_hex(std::string_view hex) {
  std::vector<unsigned char> bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, bytes[i], 16);
  }
  return bytes;
}

}  // namespace

std::string html_escaped(std::string_view text) { return xml_escaped(printable(text)); }

std::string html_name(std::string_view name) {
  return fmt::format("<bdi>{}</bdi>", name.empty() ? "(empty)" : html_escaped(name));
}

std::string html_table(const TextTable& table, std::string_view id) {
  if (table.rows.empty()) return {};
  std::string out = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\">"
      "<table id=\"{0}\">\n<thead><tr>",
      html_escaped(id));
  for (const std::string& title : table.titles) out += "<th scope=\"col\">" + html_escaped(title) + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const std::vector<std::string>& row : table.rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string text = row[i].empty() ? "<span class=\"none\">\u2013</span>" : html_name(row[i]);
      out += i == 0 ? "<th scope=\"row\">" + text + "</th>" : "<td>" + text + "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string html_list(const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string out = "<ul>\n";
  for (const std::string& line : lines) out += "<li>" + html_name(line) + "</li>\n";
  return out + "</ul>\n";
}

std::string base64(std::span<const unsigned char> bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    unsigned int group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8U | (k < count ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) out += k <= count ? kAlphabet[group >> (18U - 6U * k) & 63U] : '=';
  }
  return out;
}

std::string csp_hash(std::string_view text) {
  return fmt::format("'sha256-{}'", base64(bytes_of_hex(sha256_hex(text))));
}

}  // namespace qbench::reports
