// SPDX-License-Identifier: Apache-2.0
#include "reports/csv_text.h"

#include <fmt/format.h>

#include <utility>

#include "core/error.h"

namespace qbench::reports {
namespace {

constexpr std::string_view kFormulaStarts = "=+-@\t\r'";

bool starts_like_formula(std::string_view text) noexcept {
  return !text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos;
}

}  // namespace

CsvRow& CsvRow::raw(std::string_view value) {
  if (!first_) row_ += ',';
  first_ = false;
  row_ += value;
  return *this;
}

CsvRow& CsvRow::text(std::string_view value) {
  std::string field = starts_like_formula(value) ? "'" : "";
  for (char character : value) {
    if (character == '"') field += '"';
    field += character;
  }
  const bool needs_quotes = field.find_first_of(",\"\r\n") != std::string::npos ||
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
  const bool marked = field.size() >= 2 && field.front() == '\'' && starts_like_formula(field.substr(1));
  return std::string(marked ? field.substr(1) : field);
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
