// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qbench {

/// Reads small files of /proc, /sys, /dev and /etc below a root that tests replace by a recorded tree. Every path is
/// relative to the root ("sys/class/thermal"). Nothing here throws for a missing or unreadable file: boards differ,
/// and "not told" is the usual answer.
class SystemTree {
 public:
  explicit SystemTree(std::filesystem::path root = "/") : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
  /// The file as the system sees it: root / relative.
  [[nodiscard]] std::filesystem::path at(std::string_view relative) const;
  [[nodiscard]] bool exists(std::string_view relative) const;

  /// Up to 1 MiB of the file.
  [[nodiscard]] std::optional<std::string> text(std::string_view relative) const;
  /// The first line without the blanks around it and without the NUL that ends device-tree texts; nullopt when empty.
  [[nodiscard]] std::optional<std::string> line(std::string_view relative) const;
  /// A whole number in the first line, in base 10 or 16 (with or without 0x).
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view relative, int base = 10) const;
  /// Names in a folder, in the order of their numbers ("cpu2" before "cpu10").
  [[nodiscard]] std::vector<std::string> names(std::string_view relative) const;
  /// The last part of a symbolic link's target: the driver's name of ".../driver".
  [[nodiscard]] std::optional<std::string> link_name(std::string_view relative) const;

 private:
  std::filesystem::path root_;
};

/// "folder/name", for paths below a SystemTree's root.
[[nodiscard]] std::string child_path(std::string_view folder, std::string_view name);

/// Blanks, line ends and NULs off both ends.
[[nodiscard]] std::string trimmed(std::string_view text);

/// The whole text as a number; nullopt for anything else, also when out of range.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text, int base = 10);

/// The whole text as a number with a decimal point; nullopt for anything else.
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

/// "0-3,8" -> 0 1 2 3 8; also the form with blanks ("0 1 2"). Stops at the first thing that is not a list.
[[nodiscard]] std::vector<int> parse_cpu_list(std::string_view text);

/// Parts of a text between any of the separators; empty parts are left out.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text, std::string_view separators = " \t");

/// Lines of a text without their ends.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

/// "model name\t: X" -> {"model name", "X"}; nullopt for a line without the separator.
struct KeyValue {
  std::string_view key;
  std::string_view value;
};
[[nodiscard]] std::optional<KeyValue> split_key_value(std::string_view line, char separator = ':');

}  // namespace qbench
