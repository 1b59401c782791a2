// SPDX-License-Identifier: Apache-2.0
#include "models/text.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace qbench::models {
namespace {

constexpr std::size_t kMaxPrintedBytes = 80;
constexpr std::uint32_t kLastCodePoint = 0x10FFFF;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool is_surrogate(std::uint32_t code_point) { return code_point >= 0xD800 && code_point <= 0xDFFF; }

/// Bytes of the well-formed UTF-8 character at the start of `text`; 0 when there is none.
std::size_t character_bytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) {
    return 1;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
    return 0;
  }
  std::uint32_t code_point = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) {
      return 0;
    }
    code_point = (code_point << 6) | (static_cast<unsigned char>(text[i]) & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool well_formed = code_point >= kSmallest[length] && code_point <= kLastCodePoint && !is_surrogate(code_point);
  return well_formed ? length : 0;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

}  // namespace

std::string clean_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t bytes = character_bytes(text);
    if (bytes == 0 || (bytes == 1 && is_control(text[0]))) {
      result += '?';
      text.remove_prefix(1);
    } else {
      result += text.substr(0, bytes);
      text.remove_prefix(bytes);
    }
  }
  return result;
}

std::string printable(std::string_view text) {
  return clean_text(text.substr(0, kMaxPrintedBytes)) + (text.size() > kMaxPrintedBytes ? "..." : "");
}

}  // namespace qbench::models
