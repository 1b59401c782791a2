// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::datasets {

/// A class name and, where it is written beside it, its index.
struct NumberedName {
  std::optional<int> number;
  std::string name;
  std::size_t line = 0;  ///< from 1; 0: the form has no lines
};

/// The names in the order of their numbers, which must be 0 .. n-1, each once. Throws Error(kDataset) that begins with
/// `source` and names the numbers that contradict. Every entry has a number.
[[nodiscard]] std::vector<std::string> names_by_number(const std::vector<NumberedName>& entries,
                                                       std::string_view source);

/// Class names from the lines of a label file, by index: the line's position or, when every line has a number, the
/// number. Forms: "cat", "0 cat", "0: cat", "0,cat", "cat,0" (also `;`, tab, `=`), each name perhaps in quotes, a
/// heading over two columns, braces around all. An empty line keeps its index, unless lines are numbered; those at the
/// end are dropped. Throws Error(kDataset) that begins with `source` when the numbers contradict or the form is
/// ambiguous; gives nothing for lines that are all empty.
[[nodiscard]] std::vector<std::string> names_of_lines(const std::vector<std::string>& lines, std::string_view source);

}  // namespace qbench::datasets
