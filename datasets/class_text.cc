// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_text.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <memory>
#include <system_error>

namespace qbench::datasets {
namespace {

constexpr std::size_t kMostListed = 5;
constexpr std::size_t kWordNetDigits = 8;
constexpr std::string_view kBetweenTagAndName = " \t_-.:,)";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - from;
}

std::string without_leading_zeros(std::string_view digits) {
  return std::string(digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1)));
}

bool is_number(std::string_view text) { return !text.empty() && digits_at(text, 0) == text.size(); }

std::string folded(std::string_view name) {
  utf8proc_uint8_t* mapped = nullptr;
  constexpr auto kOptions = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                                                           UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  const utf8proc_ssize_t length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
                                               static_cast<utf8proc_ssize_t>(name.size()), &mapped, kOptions);
  if (length < 0) return std::string(name);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

}  // namespace

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<int>::max();
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string normalized_name(std::string_view name) {
  std::string text = folded(name);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '_' || c == '-' || c == '/'; });
  return is_number(text) ? without_leading_zeros(text) : text;
}

TaggedName tagged_name(std::string_view name) {
  const std::string_view text = trimmed(name);
  const bool may_be_wordnet = !text.empty() && (text[0] == 'n' || text[0] == 'N');
  const std::size_t digits = digits_at(text, may_be_wordnet ? 1 : 0);
  if (may_be_wordnet ? digits != kWordNetDigits : digits == 0) return {};
  const std::size_t end = digits + (may_be_wordnet ? 1 : 0);
  std::string tag =
      may_be_wordnet ? "n" + std::string(text.substr(1, digits)) : without_leading_zeros(text.substr(0, digits));
  if (end == text.size()) return {.tag = std::move(tag), .rest = {}};
  const std::size_t rest = text.find_first_not_of(kBetweenTagAndName, end);
  if (rest == end || rest == std::string_view::npos) return {};
  return {.tag = std::move(tag), .rest = std::string(text.substr(rest))};
}

bool is_background_name(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames{"", "background", "dummy", "backgroundclass", "dummyclass"};
  return trimmed(name) == "???" || std::ranges::find(kNames, normalized_name(name)) != kNames.end();
}

bool are_placeholders(std::span<const std::string> names) {
  constexpr std::array<std::string_view, 6> kWords{"", "class", "label", "category", "output", "id"};
  return std::ranges::all_of(names, [&](const std::string& name) {
    std::string word = normalized_name(name);
    while (!word.empty() && is_digit(word.back())) word.pop_back();
    return std::ranges::find(kWords, word) != kWords.end();
  });
}

std::string quoted_list(std::span<const std::string> names) {
  std::string text;
  for (const std::string& name : names.first(std::min(names.size(), kMostListed))) {
    text += fmt::format("{}'{}'", text.empty() ? "" : ", ", name);
  }
  if (names.size() > kMostListed) text += fmt::format(" and {} more", names.size() - kMostListed);
  return text;
}

}  // namespace qbench::datasets
