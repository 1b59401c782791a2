// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qbench {

// Names of models, tensors, files, classes and devices and the words of a runtime come from outside and may hold any
// bytes. Whatever leaves the program passes one of the functions below. They never throw on bad UTF-8, and a text that
// has passed one stays as it is in the next.

/// One decoded character.
struct CodePoint {
  char32_t value = 0xFFFD;
  std::size_t bytes = 1;  ///< how many bytes of the text it took
  bool valid = false;     ///< false: an ill-formed sequence, of which one byte was taken
};

/// The character at `position`, which must be inside the text.
[[nodiscard]] CodePoint decode_utf8(std::string_view text, std::size_t position) noexcept;

/// Calls visit(CodePoint, its bytes) for each character of the text.
template <typename Visit>
void for_each_character(std::string_view text, Visit visit) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text, at);
    visit(point, text.substr(at, point.bytes));
    at += point.bytes;
  }
}

/// Whether a character acts on its surroundings instead of being seen: controls (C0, DEL, C1), marks of direction,
/// separators of lines, what has no width, noncharacters.
[[nodiscard]] bool is_harmful(char32_t character) noexcept;

/// The text on one line with nothing in it that acts: "\n", "\r", "\t" and \u{1b} for characters, \xNN for bytes that
/// are no UTF-8. A backslash stays as it is.
[[nodiscard]] std::string printable(std::string_view text);

/// printable(text); of more than `most` characters the first ones and "...".
[[nodiscard]] std::string printable(std::string_view text, std::size_t most);

/// A name inside a message, cut after 80 characters.
[[nodiscard]] std::string printable_name(std::string_view name);

/// For one character, or one byte that is none, as printable() shows it; the bytes themselves where they are harmless.
void append_printable(std::string& out, CodePoint point, std::string_view bytes);

/// Like printable(), and the way back exists: a backslash is doubled where it would read as an escape.
[[nodiscard]] std::string reversibly_printable(std::string_view text);
/// What reversibly_printable() was given. What it would not have written stays as it is.
[[nodiscard]] std::string from_printable(std::string_view text);

/// For a text of several lines with colours (reports/table.h: toned()): line ends (LF, CR LF) and these few colours
/// stay, all else that is harmful is escaped.
[[nodiscard]] std::string printable_block(std::string_view text);

}  // namespace qbench
