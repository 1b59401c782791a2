// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/printable.h"

namespace qbench::reports {

// Names of variants, files and classes come from outside and may hold anything. Every report passes them through
// printable() (core/printable.h) or one of the functions below, which include it.

/// Terminal columns that a character takes: 0 (combining), 1 or 2 (East Asian wide, emoji).
[[nodiscard]] int display_width(char32_t character) noexcept;
[[nodiscard]] int display_width(std::string_view text) noexcept;

/// printable(text), cut to at most `columns` terminal columns with an ellipsis.
[[nodiscard]] std::string shortened(std::string_view text, int columns);

/// `text` filled with spaces to `columns` terminal columns; longer texts stay as they are.
[[nodiscard]] std::string padded_right(std::string_view text, int columns);
[[nodiscard]] std::string padded_left(std::string_view text, int columns);

/// Breaks at spaces so that no line is wider than `columns` (a longer word stays whole); lines after the first start
/// with `indent` spaces. No newline at the end.
[[nodiscard]] std::string wrapped(std::string_view text, int columns, int indent);

/// For text and attribute values of XML 1.0: printable, with markup escaped; line ends and tabs are references.
[[nodiscard]] std::string xml_escaped(std::string_view text);

/// For one line of Markdown, table cells included: printable, with every character of markup escaped.
[[nodiscard]] std::string markdown_escaped(std::string_view text);

/// "812 B", "1.2 kB", "34.5 MB": decimal units, three significant digits.
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

/// Four significant digits without exponent: "0.2004", "12.35", "1235".
[[nodiscard]] std::string significant(double value);

}  // namespace qbench::reports
