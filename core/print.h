// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/printable.h"

namespace qbench {

/// How print_text() hands an argument on: texts as printable() shows them, all else as it is.
template <typename T>
using Shown = std::conditional_t<std::is_convertible_v<const T&, std::string_view>, std::string, const T&>;

template <typename T>
[[nodiscard]] Shown<T> shown(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return printable(value);
  } else {
    return value;
  }
}

/// The only ways to standard output, standard error and a pager: whatever text stands in an argument reaches them
/// printable. Only the format itself, a literal of this program, holds line ends. Throws std::system_error when the
/// stream cannot be written.
template <typename... Args>
void print_text(std::FILE* stream, fmt::format_string<Shown<Args>...> format, const Args&... args) {
  fmt::print(stream, "{}", fmt::format(format, shown(args)...));
}
template <typename... Args>
void print_text(fmt::format_string<Shown<Args>...> format, const Args&... args) {
  print_text(stdout, format, args...);
}
template <typename... Args>
void print_text(std::ostream& stream, fmt::format_string<Shown<Args>...> format, const Args&... args) {
  stream << fmt::format(format, shown(args)...);
}

/// For a text of several lines that was composed elsewhere, as printable_block() leaves it.
inline void print_block(std::FILE* stream, std::string_view text) { fmt::print(stream, "{}", printable_block(text)); }

}  // namespace qbench
