// SPDX-License-Identifier: Apache-2.0
#include "tests/golden/golden_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/error.h"
#include "core/files.h"

namespace qbench::testing {
namespace {

constexpr double kTolerance = 1e-9;

/// A number at the start of the text, and its length; hashes and names that merely begin with a digit are none.
std::optional<std::pair<double, std::size_t>> leading_number(std::string_view text) {
  double value = 0.0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc()) return std::nullopt;
  const auto length = static_cast<std::size_t>(end - text.data());
  const bool word = length < text.size() && std::isalnum(static_cast<unsigned char>(text[length])) != 0;
  if (word || !std::isfinite(value)) return std::nullopt;
  return std::pair(value, length);
}

bool starts_number(std::string_view text, std::size_t at) {
  if (at > 0 && (std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0 || text[at - 1] == '.')) return false;
  return std::isdigit(static_cast<unsigned char>(text[at])) != 0;
}

std::string around(std::string_view text, std::size_t at) {
  const std::size_t start = at > 60 ? at - 60 : 0;
  return std::string(text.substr(start, 120));
}

}  // namespace

std::string text_difference(std::string_view expected, std::string_view actual) {
  std::size_t e = 0;
  std::size_t a = 0;
  while (e < expected.size() && a < actual.size()) {
    if (starts_number(expected, e) && starts_number(actual, a)) {
      const auto wanted = leading_number(expected.substr(e));
      const auto found = leading_number(actual.substr(a));
      if (wanted && found && std::abs(wanted->first - found->first) <= kTolerance * std::abs(wanted->first)) {
        e += wanted->second;
        a += found->second;
        continue;
      }
    }
    if (expected[e] != actual[a]) break;
    ++e;
    ++a;
  }
  if (e == expected.size() && a == actual.size()) return {};
  const auto line = 1 + std::count(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(e), '\n');
  return fmt::format("line {}: expected ...{}...\nfound ...{}...", line, around(expected, e), around(actual, a));
}

std::string golden_difference(std::string_view name, const std::string& text) {
  const std::filesystem::path path = std::filesystem::path(QBENCH_GOLDEN_DIR) / name;
  if (std::getenv("QBENCH_REGENERATE_GOLDEN") != nullptr) {
    write_file_atomic(path, text);
    return {};
  }
  try {
    return text_difference(read_text_file(path), text);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace qbench::testing
