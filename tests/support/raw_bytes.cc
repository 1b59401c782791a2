// SPDX-License-Identifier: Apache-2.0
#include "tests/support/raw_bytes.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <regex>

namespace qbench::testing {
namespace {

bool acts(utf8proc_int32_t character) {
  const utf8proc_category_t category = utf8proc_category(character);
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP ||
         character == 0x61C || (character >= 0x200B && character <= 0x200F) ||
         (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069) ||
         character == 0xFEFF;
}

}  // namespace

std::string raw_bytes_in(std::string_view text, AllowedBytes allowed) {
  std::string rest(text);
  if (allowed.colours) rest = std::regex_replace(rest, std::regex("\x1b\\[[0-9;]*m"), "");
  if (allowed.lines) rest = std::regex_replace(rest, std::regex("\r?\n"), "");
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(rest.data());
  for (std::size_t at = 0; at < rest.size();) {
    utf8proc_int32_t character = -1;
    const utf8proc_ssize_t length =
        utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(rest.size() - at), &character);
    if (length <= 0 || acts(character)) {
      const std::size_t from = at - std::min<std::size_t>(at, 60);
      return fmt::format("U+{:X} (byte {:02x}) after '{}'", character, bytes[at], rest.substr(from, at - from));
    }
    at += static_cast<std::size_t>(length);
  }
  return {};
}

}  // namespace qbench::testing
