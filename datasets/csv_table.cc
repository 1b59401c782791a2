// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "datasets/class_text.h"

namespace qbench::datasets {
namespace {

constexpr std::uint64_t kMaxCsvBytes = 256ULL << 20U;  ///< a line for each of ImageNet's training images takes 80 MB
/// A field of one byte takes 32 in memory: 10,000 columns for 3,000 images.
constexpr std::size_t kMostFields = 30'000'000;

/// How often `separator` stands outside of quotes in each of the first lines.
std::vector<std::size_t> separators_in_lines(std::string_view text, char separator) {
  constexpr std::size_t kLines = 20;
  std::vector<std::size_t> counts;
  std::size_t count = 0;
  std::size_t length = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= text.size() && counts.size() < kLines; ++i) {
    const char c = i < text.size() ? text[i] : '\n';
    if (c == '"') quoted = !quoted;
    if (c == separator && !quoted) ++count;
    if (c != '\n' || quoted) {
      length += c == '\r' ? 0 : 1;
      continue;
    }
    if (length > 0) counts.push_back(count);
    count = length = 0;
  }
  return counts;
}

char separator_of(std::string_view text) {
  char in_first_line = ',';
  for (const char separator : {'\t', ';', ','}) {
    const std::vector<std::size_t> counts = separators_in_lines(text, separator);
    if (counts.empty() || counts[0] == 0) continue;
    if (std::ranges::all_of(counts, [&counts](std::size_t count) { return count == counts[0]; })) return separator;
    in_first_line = separator;
  }
  return in_first_line;
}

class CsvParser {
 public:
  CsvParser(std::string_view text, const std::filesystem::path& file) : text_(text), file_(file) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    separator_ = separator_of(text_);
    blanks_ = separator_ == '\t' ? " " : " \t";
  }

  std::vector<CsvRow> parse() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row = parse_row();
      fields_ += row.fields.size();
      if (fields_ > kMostFields) {
        throw Error(ErrorCode::kDataset, "'{}' line {}: more than {} fields in all", file_.string(), row.line,
                    kMostFields);
      }
      const bool empty = row.fields.size() == 1 && row.fields[0].empty();
      if (!empty) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  [[nodiscard]] bool at_row_end() const { return at_ >= text_.size() || text_[at_] == '\n'; }

  CsvRow parse_row() {
    CsvRow row{.line = line_, .fields = {}};
    while (!at_row_end() || row.fields.empty()) {
      row.fields.push_back(parse_field());
      if (at_row_end()) break;
      ++at_;  // the separator
      if (at_row_end()) row.fields.emplace_back();
    }
    ++at_;  // the line's end
    ++line_;
    return row;
  }

  std::string parse_field() {
    const std::size_t start = text_.find_first_not_of(blanks_, at_);
    if (start != std::string_view::npos && text_[start] == '"') return parse_quoted(start + 1);
    std::size_t end = at_;
    while (end < text_.size() && text_[end] != separator_ && text_[end] != '\n') ++end;
    const std::string_view field = text_.substr(at_, end - at_);
    at_ = end;
    return std::string(trimmed(field));
  }

  std::string parse_quoted(std::size_t start) {
    const std::size_t first_line = line_;
    std::string field;
    at_ = start;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\n') ++line_;
      if (c != '"') {
        field += c;
        continue;
      }
      if (at_ >= text_.size() || text_[at_] != '"') {
        skip_to_separator(first_line);
        return field;
      }
      field += '"';
      ++at_;
    }
    throw Error(ErrorCode::kDataset, "'{}' line {}: a quoted field has no end", file_.string(), first_line);
  }

  /// After a closing quote only blanks may come before the separator or the line's end.
  void skip_to_separator(std::size_t first_line) {
    at_ = std::min(text_.find_first_not_of(separator_ == '\t' ? " \r" : " \t\r", at_), text_.size());
    if (!at_row_end() && text_[at_] != separator_) {
      throw Error(ErrorCode::kDataset, "'{}' line {}: text after a quoted field", file_.string(), first_line);
    }
  }

  std::string_view text_;
  const std::filesystem::path& file_;
  char separator_ = ',';
  std::string_view blanks_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t fields_ = 0;
};

}  // namespace

std::vector<CsvRow> read_csv(const std::filesystem::path& file) {
  std::string text;
  try {
    text = read_text_file(file, kMaxCsvBytes);
  } catch (const Error& error) {
    throw Error(ErrorCode::kDataset, "{}", error.what());
  }
  return CsvParser(text, file).parse();
}

}  // namespace qbench::datasets
