// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::datasets {

/// More classes than any labelled image set has: a number beyond is a mistake.
inline constexpr int kMaxClasses = 100'000;

/// Class names from a file: one a line, class index = position; CRLF, a byte order mark and empty lines at the end are
/// accepted. Throws Error(kDataset) when the file cannot be read or holds no name.
[[nodiscard]] std::vector<std::string> read_class_names(const std::filesystem::path& file);

/// Finds classes by name. A name is the whole line or, when no line equals it, the line's first word ("n01440764
/// tench").
class ClassIndex {
 public:
  /// `source` names the file the names come from, for messages.
  ClassIndex(std::vector<std::string> names, std::string source);

  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

  /// Throws Error(kDataset) with the nearest name when there is no such class, or when several have this name.
  [[nodiscard]] int find(std::string_view name) const;
  /// A label from a list: a class index when it is a whole number, else a name. Throws Error(kDataset) when there is no
  /// such class; `where` says where the label stands ("list.csv line 7").
  [[nodiscard]] int parse(std::string_view label, std::string_view where) const;

 private:
  std::vector<std::string> names_;
  std::string source_;
  std::map<std::string, int, std::less<>> by_line_;
  std::map<std::string, int, std::less<>> by_first_word_;
};

/// The number when `text` is a whole decimal number; one too large for an int gives the largest int.
[[nodiscard]] std::optional<int> whole_number(std::string_view text);

}  // namespace qbench::datasets
