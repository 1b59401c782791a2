// SPDX-License-Identifier: Apache-2.0
#include "core/printable.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace qbench {
namespace {

constexpr std::size_t kMostNameCharacters = 80;
constexpr char32_t kLastCodePoint = 0x10FFFF;

struct HarmfulRange {
  char32_t first;
  char32_t last;
};

constexpr std::array kHarmfulRanges{
    HarmfulRange{0x00, 0x1F},     HarmfulRange{0x7F, 0x9F},     HarmfulRange{0xAD, 0xAD},
    HarmfulRange{0x61C, 0x61C},   HarmfulRange{0x180E, 0x180E}, HarmfulRange{0x200B, 0x200F},
    HarmfulRange{0x2028, 0x202E}, HarmfulRange{0x2060, 0x206F}, HarmfulRange{0xFEFF, 0xFEFF},
    HarmfulRange{0xFFF9, 0xFFFB}, HarmfulRange{0xFFFE, 0xFFFF}, HarmfulRange{0xE0000, 0xE007F},
};

/// All that reports/table.h makes; longest first where one starts another.
constexpr std::array<std::string_view, 8> kOwnColours{"\x1b[0m",  "\x1b[1m",    "\x1b[2m",    "\x1b[31m",
                                                      "\x1b[32m", "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;2m"};

int continuation_bytes(unsigned char lead) noexcept {
  if (lead < 0x80) return 0;
  if (lead >= 0xC2 && lead <= 0xDF) return 1;
  if (lead >= 0xE0 && lead <= 0xEF) return 2;
  if (lead >= 0xF0 && lead <= 0xF4) return 3;
  return -1;
}

bool is_scalar(char32_t value, int continuation) noexcept {
  constexpr std::array<char32_t, 4> kSmallest{0, 0x80, 0x800, 0x10000};
  return value >= kSmallest[static_cast<std::size_t>(continuation)] && value <= kLastCodePoint &&
         !(value >= 0xD800 && value <= 0xDFFF);
}

void append_utf8(std::string& out, char32_t value) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80U | ((value >> shift) & 0x3FU)); };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0U | (value >> 6U));
    tail(0);
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0U | (value >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (value >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

/// The hexadecimal number that is the whole of `digits`.
std::optional<std::uint32_t> hex_number(std::string_view digits) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// An escape at the start of `text`, which starts with a backslash: appends what it stands for and returns its length;
/// 0 when there is none.
std::size_t undo_escape(std::string_view text, std::string& out) {
  constexpr std::string_view kShort = "\\nrt";
  constexpr std::string_view kMeaning = "\\\n\r\t";
  if (text.size() < 2) return 0;
  if (const std::size_t place = kShort.find(text[1]); place != std::string_view::npos) {
    out += kMeaning[place];
    return 2;
  }
  if (text[1] == 'x' && text.size() >= 4) {
    const auto byte = hex_number(text.substr(2, 2));
    if (!byte || *byte < 0x80) return 0;
    out += static_cast<char>(*byte);
    return 4;
  }
  const std::size_t end = text.find('}');
  if (text[1] != 'u' || end == std::string_view::npos || end > 9 || text[2] != '{') return 0;
  const auto value = hex_number(text.substr(3, end - 3));
  if (!value || *value > kLastCodePoint || (*value >= 0xD800 && *value <= 0xDFFF)) return 0;
  append_utf8(out, *value);
  return end + 1;
}

}  // namespace

CodePoint decode_utf8(std::string_view text, std::size_t position) noexcept {
  const auto lead = static_cast<unsigned char>(text[position]);
  const int continuation = continuation_bytes(lead);
  if (continuation == 0) return {lead, 1, true};
  if (continuation < 0 || position + static_cast<std::size_t>(continuation) >= text.size()) return {};
  char32_t value = lead & (0x3FU >> continuation);
  for (int i = 1; i <= continuation; ++i) {
    const auto byte = static_cast<unsigned char>(text[position + static_cast<std::size_t>(i)]);
    if ((byte & 0xC0U) != 0x80U) return {};
    value = (value << 6U) | (byte & 0x3FU);
  }
  if (!is_scalar(value, continuation)) return {};
  return {value, static_cast<std::size_t>(continuation) + 1, true};
}

bool is_harmful(char32_t character) noexcept {
  return std::ranges::any_of(
      kHarmfulRanges, [&](const HarmfulRange& range) { return character >= range.first && character <= range.last; });
}

void append_printable(std::string& out, CodePoint point, std::string_view bytes) {
  if (!point.valid) {
    out += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
  } else if (point.value == '\n') {
    out += "\\n";
  } else if (point.value == '\r') {
    out += "\\r";
  } else if (point.value == '\t') {
    out += "\\t";
  } else if (is_harmful(point.value)) {
    out += fmt::format("\\u{{{:x}}}", static_cast<std::uint32_t>(point.value));
  } else {
    out += bytes;
  }
}

std::string printable(std::string_view text, std::size_t most) {
  std::string out;
  out.reserve(std::min(text.size(), most));
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == most) return out + "...";
    const CodePoint point = decode_utf8(text, at);
    append_printable(out, point, text.substr(at, point.bytes));
    at += point.bytes;
  }
  return out;
}

std::string printable(std::string_view text) { return printable(text, std::numeric_limits<std::size_t>::max()); }

std::string printable_name(std::string_view name) { return printable(name, kMostNameCharacters); }

std::string reversibly_printable(std::string_view text) {
  constexpr std::string_view kAfterBackslash = "\\xunrt";
  std::string out;
  for_each_character(text, [&](CodePoint point, std::string_view bytes) {
    std::string shown;
    append_printable(shown, point, bytes);
    // Only a backslash that would read as the start of an escape is doubled: most paths of other systems stay legible.
    const bool after_backslash = bytes.data() != text.data() && *(bytes.data() - 1) == '\\';
    if (after_backslash && kAfterBackslash.find(shown.front()) != std::string_view::npos) out += '\\';
    out += shown;
  });
  return out;
}

std::string from_printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t length = text.front() == '\\' ? undo_escape(text, out) : 0;
    if (length == 0) {
      out += text.front();
      length = 1;
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string printable_block(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto* const colour =
        std::ranges::find_if(kOwnColours, [&](std::string_view code) { return text.starts_with(code); });
    const CodePoint point = decode_utf8(text, 0);
    const std::size_t bytes = colour == kOwnColours.end() ? point.bytes : colour->size();
    if (colour != kOwnColours.end() || point.value == '\n' || text.starts_with("\r\n")) {
      out += text.substr(0, bytes);
    } else {
      append_printable(out, point, text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  return out;
}

}  // namespace qbench
