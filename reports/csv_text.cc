// SPDX-License-Identifier: Apache-2.0
#include "reports/csv_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/printable.h"

namespace qbench::reports {
namespace {

constexpr std::string_view kSemicolon = "\\u{3b}";

/// The marks of a formula, those of twice the width (U+FF0B, FF0D, FF1D, FF20) too: spreadsheets take them alike.
bool starts_with_formula_mark(std::string_view text) {
  constexpr std::array<std::string_view, 8> kMarks{
      "=", "+", "-", "@", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\x9D", "\xEF\xBC\xA0"};
  return std::ranges::any_of(kMarks, [&](std::string_view mark) { return text.starts_with(mark); });
}

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
}

bool needs_apostrophe(std::string_view text) {
  return text.starts_with('\'') || (starts_with_formula_mark(text) && !is_number(text));
}

/// Old files hold an apostrophe before numbers, tabs and returns as well.
bool may_follow_apostrophe(std::string_view text) {
  return starts_with_formula_mark(text) || text.find_first_of("'\t\r") == 0;
}

}  // namespace

CsvRow& CsvRow::raw(std::string_view value) {
  if (!first_) row_ += ',';
  first_ = false;
  row_ += value;
  return *this;
}

CsvRow& CsvRow::text(std::string_view value) {
  const std::string shown = reversibly_printable(value);
  std::string field = needs_apostrophe(shown) ? "'" : "";
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const std::string_view rest = std::string_view(shown).substr(i + 1);
    if (shown[i] == ';' && (rest.starts_with('"') || starts_with_formula_mark(rest))) {
      field += kSemicolon;
      continue;
    }
    if (shown[i] == '"') field += '"';
    field += shown[i];
  }
  const bool needs_quotes = field.find_first_of(",\"") != std::string::npos ||
                            (!field.empty() && (field.front() == ' ' || field.back() == ' '));
  return raw(needs_quotes ? fmt::format("\"{}\"", field) : field);
}

CsvRow& CsvRow::number(double value) { return raw(fmt::format("{}", value)); }
CsvRow& CsvRow::number(float value) { return raw(fmt::format("{}", value)); }
CsvRow& CsvRow::number(std::optional<double> value) { return value ? number(*value) : empty(); }
CsvRow& CsvRow::integer(std::int64_t value) { return raw(fmt::format("{}", value)); }
CsvRow& CsvRow::integer(std::optional<std::int64_t> value) { return value ? integer(*value) : empty(); }
CsvRow& CsvRow::empty() { return raw({}); }

std::string CsvRow::take() {
  first_ = true;
  return std::exchange(row_, {}) + "\r\n";
}

std::string csv_plain_text(std::string_view field) {
  if (field.starts_with('\'') && may_follow_apostrophe(field.substr(1))) field.remove_prefix(1);
  return from_printable(field);
}

CsvReader::CsvReader(std::string_view text, std::string source) : text_(text), source_(std::move(source)) {}

std::string CsvReader::quoted_field() {
  std::string field;
  ++at_;
  while (at_ < text_.size()) {
    const char character = text_[at_++];
    if (character != '"') {
      field += character;
    } else if (at_ < text_.size() && text_[at_] == '"') {
      field += '"';
      ++at_;
    } else {
      return field;
    }
  }
  throw Error(ErrorCode::kConfig, "'{}', row {}: a quote is never closed; the file is cut off or damaged", source_,
              row_);
}

std::string CsvReader::bare_field() {
  const std::size_t end = text_.find_first_of(",\r\n\"", at_);
  std::string field(text_.substr(at_, end == std::string_view::npos ? end : end - at_));
  at_ += field.size();
  return field;
}

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  if (at_ >= text_.size()) return false;
  ++row_;
  while (true) {
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    fields.push_back(quoted ? quoted_field() : bare_field());
    if (at_ >= text_.size()) return true;
    const char separator = text_[at_++];
    if (separator == ',') continue;
    if (separator == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
    if (separator == '\r' || separator == '\n') return true;
    throw Error(ErrorCode::kConfig, "'{}', row {}: a quote stands inside a field", source_, row_);
  }
}

}  // namespace qbench::reports
