// SPDX-License-Identifier: Apache-2.0
#include "datasets/label_lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"
#include "datasets/class_text.h"

namespace qbench::datasets {
namespace {

constexpr std::string_view kSeparators = ":,;\t=";

/// A line that is not empty, with its number from 1.
struct Line {
  std::size_t number = 0;
  std::string_view text;
};

bool is_quoted(std::string_view text) {
  return text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front();
}

std::string unquoted(std::string_view text) {
  if (!is_quoted(text)) return std::string(text);
  const char quote = text.front();
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    plain += text[i];
    if (text[i] == quote && i + 2 < text.size() && text[i + 1] == quote) ++i;  // doubled, as in CSV
  }
  return plain;
}

/// The comma at the end of a line of a list in Python or JSON.
std::string_view without_comma(std::string_view text) {
  if (text.ends_with(',')) text.remove_suffix(1);
  return trimmed(text);
}

/// "0 cat", "0: cat", "0,cat", "0. cat".
std::optional<NumberedName> number_first(const Line& line) {
  const std::string_view text = line.text;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits == text.size()) return std::nullopt;
  std::string_view rest = trimmed(text.substr(digits));
  const bool has_blank = text[digits] == ' ';
  const bool has_mark = kSeparators.find(text[digits]) != std::string_view::npos ||
                        (!rest.empty() && has_blank && kSeparators.find(rest[0]) != std::string_view::npos);
  const bool has_dot = (text[digits] == '.' || text[digits] == ')') && text.substr(digits + 1).starts_with(' ');
  if (!has_blank && !has_mark && !has_dot) return std::nullopt;
  if ((has_mark && text[digits] != '\t') || has_dot) rest = trimmed(rest.substr(1));
  rest = without_comma(rest);
  if (rest.empty()) return std::nullopt;
  return NumberedName{.number = whole_number(text.substr(0, digits)), .name = unquoted(rest), .line = line.number};
}

/// "cat,0", "cat: 0"; no blank alone, since "class 1" is a name.
std::optional<NumberedName> number_last(const Line& line) {
  const std::string_view text = without_comma(line.text);
  const std::size_t mark = text.find_last_of(kSeparators);
  if (mark == std::string_view::npos) return std::nullopt;
  const std::optional<int> number = whole_number(trimmed(text.substr(mark + 1)));
  const std::string_view name = trimmed(text.substr(0, mark));
  if (!number || *number < 0 || name.empty()) return std::nullopt;
  return NumberedName{.number = number, .name = unquoted(name), .line = line.number};
}

/// All lines read by one form, or nothing when one of them has another.
template <typename Form>
std::vector<NumberedName> all_by(const std::vector<Line>& lines, Form form) {
  std::vector<NumberedName> entries;
  for (const Line& line : lines) {
    std::optional<NumberedName> entry = form(line);
    if (!entry) return {};
    entries.push_back(std::move(*entry));
  }
  return entries;
}

bool is_permutation(const std::vector<NumberedName>& entries) {
  std::vector<bool> seen(entries.size());
  for (const NumberedName& entry : entries) {
    const auto at = static_cast<std::size_t>(*entry.number);
    if (at >= seen.size() || seen[at]) return false;
    seen[at] = true;
  }
  return true;
}

bool same_numbers(const std::vector<NumberedName>& a, const std::vector<NumberedName>& b) {
  return std::ranges::equal(a, b, {}, &NumberedName::number, &NumberedName::number);
}

enum class Heading { kNone, kNumberFirst, kNumberLast };

/// What the first line says when it names two columns.
Heading heading_of(std::string_view text) {
  constexpr std::array<std::string_view, 8> kNumbers{"id",         "index",  "classid", "labelid",
                                                     "classindex", "number", "idx",     "classidx"};
  constexpr std::array<std::string_view, 6> kNames{"name", "label", "class", "classname", "labelname", "category"};
  const std::size_t mark = text.find_first_of(kSeparators);
  if (mark == std::string_view::npos) return Heading::kNone;
  const std::string first = normalized_name(unquoted(trimmed(text.substr(0, mark))));
  const std::string second = normalized_name(unquoted(trimmed(text.substr(mark + 1))));
  const auto is_in = [](const auto& words, const std::string& word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (is_in(kNumbers, first) && is_in(kNames, second)) return Heading::kNumberFirst;
  if (is_in(kNames, first) && is_in(kNumbers, second)) return Heading::kNumberLast;
  return Heading::kNone;
}

/// Numbers before names that begin with a number themselves ("10 cents") are part of the name: few of them are indices.
bool are_part_of_names(const std::vector<NumberedName>& entries, const std::vector<Line>& lines) {
  const bool blanks_only = std::ranges::all_of(lines, [](const Line& line) {
    const std::size_t end = line.text.find_first_not_of("0123456789");
    return end != std::string_view::npos && line.text[end] == ' ' &&
           kSeparators.find(trimmed(line.text.substr(end))[0]) == std::string_view::npos;
  });
  const auto in_range = std::ranges::count_if(
      entries, [&](const NumberedName& entry) { return std::cmp_less_equal(*entry.number, entries.size()); });
  return blanks_only && 2 * static_cast<std::size_t>(in_range) < entries.size();
}

std::vector<NumberedName> numbered(const std::vector<Line>& lines, Heading heading, std::string_view source) {
  std::vector<NumberedName> first =
      heading == Heading::kNumberLast ? std::vector<NumberedName>() : all_by(lines, number_first);
  std::vector<NumberedName> last =
      heading == Heading::kNumberFirst ? std::vector<NumberedName>() : all_by(lines, number_last);
  if (!first.empty() && are_part_of_names(first, lines)) first.clear();
  if (first.empty() || last.empty() || same_numbers(first, last)) return first.empty() ? last : first;
  if (is_permutation(first) == is_permutation(last)) {
    throw Error(ErrorCode::kDataset,
                "{}: its lines have two numbers, and either may be the class index; put `index,name` or `name,index` "
                "above them",
                source);
  }
  return is_permutation(first) ? first : last;
}

/// Braces around the lines of a dict or list in Python.
void drop_braces(std::vector<Line>& lines) {
  if (lines.empty() || (lines.front().text[0] != '{' && lines.front().text[0] != '[')) return;
  lines.front().text = trimmed(lines.front().text.substr(1));
  std::string_view& last = lines.back().text;
  if (last.ends_with('}') || last.ends_with(']')) last = trimmed(last.substr(0, last.size() - 1));
  std::erase_if(lines, [](const Line& line) { return line.text.empty(); });
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i].number = i + 1;
}

std::vector<std::string> plain_names(const std::vector<Line>& lines) {
  const bool quoted = std::ranges::all_of(lines, [](const Line& line) { return is_quoted(without_comma(line.text)); });
  std::vector<std::string> names;
  for (const Line& line : lines) {
    names.resize(line.number - lines.front().number);
    names.push_back(quoted ? unquoted(without_comma(line.text)) : std::string(line.text));
  }
  return names;
}

}  // namespace

std::vector<std::string> names_by_number(const std::vector<NumberedName>& entries, std::string_view source) {
  std::vector<const NumberedName*> found(entries.size());
  int least = kMaxClasses;
  for (const NumberedName& entry : entries) least = std::min(least, *entry.number);
  if (least == 1) {
    throw Error(ErrorCode::kDataset,
                "{}: its classes are numbered from 1, outputs from 0; number them from 0, or name class 0 as well "
                "(`0 background`)",
                source);
  }
  for (const NumberedName& entry : entries) {
    const int number = *entry.number;
    if (number < 0 || std::cmp_greater_equal(number, entries.size())) {
      throw Error(ErrorCode::kDataset,
                  "{}: class {} ('{}') leaves a gap, there are {} names; every number from 0 on needs one", source,
                  number, entry.name, entries.size());
    }
    const NumberedName*& place = found[static_cast<std::size_t>(number)];
    if (place != nullptr) {
      throw Error(ErrorCode::kDataset, "{}: class {} stands twice, as '{}' and as '{}'", source, number, place->name,
                  entry.name);
    }
    place = &entry;
  }
  std::vector<std::string> names;
  names.reserve(found.size());
  for (const NumberedName* entry : found) names.push_back(entry->name);
  return names;
}

std::vector<std::string> names_of_lines(const std::vector<std::string>& lines, std::string_view source) {
  std::vector<Line> written;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view text = trimmed(lines[i]);
    if (!text.empty()) written.push_back({.number = i + 1, .text = text});
  }
  drop_braces(written);
  if (written.empty()) return {};
  const Heading heading = written.size() > 1 ? heading_of(written.front().text) : Heading::kNone;
  const std::vector<Line> below(written.begin() + (heading == Heading::kNone ? 0 : 1), written.end());
  const std::vector<NumberedName> entries = numbered(below, heading, source);
  if (!entries.empty()) return names_by_number(entries, source);
  std::vector<std::string> names = plain_names(written);
  // Empty lines at the top count: the first output may be the background.
  names.insert(names.begin(), written.front().number - 1, std::string());
  return names;
}

}  // namespace qbench::datasets
