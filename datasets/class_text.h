// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace qbench::datasets {

/// More classes than any labelled image set has: a number beyond is a mistake.
inline constexpr int kMaxClasses = 100'000;

/// The number when `text` is a whole decimal number; one too large for an int gives the largest int.
[[nodiscard]] std::optional<int> whole_number(std::string_view text);

/// Without blanks, tabs and carriage returns at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// What two spellings of one class name have in common: normal form NFKC with case folded, without blanks, hyphens,
/// underscores and slashes, a whole number without leading zeros. Text that is no UTF-8 is taken as it is.
[[nodiscard]] std::string normalized_name(std::string_view name);

/// A name taken apart at the mark that many sets put before it: "007_cat", "7. cat", "7-cat", "n02123045-tabby".
struct TaggedName {
  std::string tag;   ///< a number without leading zeros, or a WordNet id; empty: there is none
  std::string rest;  ///< the name after it; empty when the name is nothing but a tag
  [[nodiscard]] bool is_bare() const noexcept { return !tag.empty() && rest.empty(); }
};
[[nodiscard]] TaggedName tagged_name(std::string_view name);

/// A row of a label file that stands for "none of the classes": empty, "background", "dummy", "???".
[[nodiscard]] bool is_background_name(std::string_view name);

/// True when the names say no more than their positions: numbers, or one word with a number ("class 3", "LABEL_3").
[[nodiscard]] bool are_placeholders(std::span<const std::string> names);

/// "'a', 'b', 'c', 'd', 'e' and 7 more".
[[nodiscard]] std::string quoted_list(std::span<const std::string> names);

}  // namespace qbench::datasets
