// SPDX-License-Identifier: Apache-2.0
#include "reports/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>

namespace qbench::reports {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

bool in_any(std::span<const Range> ranges, char32_t character) noexcept {
  return std::ranges::any_of(ranges,
                             [&](const Range& range) { return character >= range.first && character <= range.last; });
}

constexpr std::array kZeroWidth{Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD},
                                Range{0x064B, 0x065F}, Range{0x0E34, 0x0E3A}, Range{0x0E47, 0x0E4E},
                                Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200D},
                                Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};

constexpr std::array kWide{Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                           Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                           Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE30, 0xFE4F},
                           Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x1F300, 0x1F64F},
                           Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};

std::string_view xml_entity(char32_t character) noexcept {
  switch (character) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return {};
  }
}

}  // namespace

int display_width(char32_t character) noexcept {
  if (in_any(kZeroWidth, character)) return 0;
  return in_any(kWide, character) ? 2 : 1;
}

int display_width(std::string_view text) noexcept {
  int columns = 0;
  for_each_character(text, [&](CodePoint point, std::string_view) { columns += display_width(point.value); });
  return columns;
}

std::string shortened(std::string_view text, int columns) {
  std::string clean = printable(text);
  if (display_width(clean) <= columns) return clean;
  std::string out;
  int used = 0;
  for (std::size_t at = 0; at < clean.size();) {
    const CodePoint point = decode_utf8(clean, at);
    used += display_width(point.value);
    if (used > columns - 1) break;
    out += clean.substr(at, point.bytes);
    at += point.bytes;
  }
  return columns > 0 ? out + "\u2026" : out;
}

std::string padded_right(std::string_view text, int columns) {
  std::string out(text);
  out.append(static_cast<std::size_t>(std::max(0, columns - display_width(text))), ' ');
  return out;
}

std::string padded_left(std::string_view text, int columns) {
  std::string out(static_cast<std::size_t>(std::max(0, columns - display_width(text))), ' ');
  return out.append(text);
}

std::string wrapped(std::string_view text, int columns, int indent) {
  std::string out;
  int used = 0;
  bool line_is_empty = true;
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    const int width = display_width(word);
    if (!line_is_empty && used + 1 + width > columns) {
      out.append("\n").append(static_cast<std::size_t>(indent), ' ');
      used = indent;
      line_is_empty = true;
    }
    if (!line_is_empty) {
      out += ' ';
      ++used;
    }
    out += word;
    used += width;
    line_is_empty = false;
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return out;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for_each_character(text, [&](CodePoint point, std::string_view bytes) {
    const std::string_view entity = xml_entity(point.value);
    if (!entity.empty()) {
      out += entity;
    } else {
      append_printable(out, point, bytes);
    }
  });
  return out;
}

std::string markdown_escaped(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*_[]<>|~&$#@";
  std::string out;
  for (char character : printable(text)) {
    if (kMarkup.find(character) != std::string_view::npos) out += '\\';
    out += character;
  }
  return out;
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (std::abs(value) >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000.0;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} B", bytes);
  const int decimals = std::abs(value) < 9.995 ? 2 : (std::abs(value) < 99.95 ? 1 : 0);
  return fmt::format("{:.{}f} {}", value, decimals, kUnits[unit]);
}

std::string significant(double value) {
  if (!std::isfinite(value)) return "?";
  const double magnitude = std::abs(value);
  if (magnitude == 0.0) return "0";
  // Rounded first: 9.9999 has two digits before the point once it is cut to four.
  const double rounded = std::stod(fmt::format("{:.3e}", magnitude));
  const int digits = static_cast<int>(std::floor(std::log10(rounded)));
  return fmt::format("{:.{}f}", value, std::clamp(3 - digits, 0, 9));
}

}  // namespace qbench::reports
