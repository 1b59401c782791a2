// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv_table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace qbench::datasets {
namespace {

constexpr std::uint64_t kMaxCsvBytes = 1ULL << 30U;

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

class CsvParser {
 public:
  CsvParser(std::string_view text, const std::filesystem::path& file) : text_(text), file_(file) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  std::vector<CsvRow> parse() {
    std::vector<CsvRow> rows;
    while (at_ < text_.size()) {
      CsvRow row = parse_row();
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
      ++at_;  // the comma
      if (at_row_end()) row.fields.emplace_back();
    }
    ++at_;  // the line's end
    ++line_;
    return row;
  }

  std::string parse_field() {
    const std::size_t start = text_.find_first_not_of(" \t", at_);
    if (start != std::string_view::npos && text_[start] == '"') return parse_quoted(start + 1);
    const std::size_t end = std::min(text_.find_first_of(",\n", at_), text_.size());
    std::string_view field = text_.substr(at_, end - at_);
    if (field.ends_with('\r')) field.remove_suffix(1);
    at_ = end;
    return trimmed(field);
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

  /// After a closing quote only blanks may come before the comma or the line's end.
  void skip_to_separator(std::size_t first_line) {
    at_ = std::min(text_.find_first_not_of(" \t\r", at_), text_.size());
    if (!at_row_end() && text_[at_] != ',') {
      throw Error(ErrorCode::kDataset, "'{}' line {}: text after a quoted field", file_.string(), first_line);
    }
  }

  std::string_view text_;
  const std::filesystem::path& file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
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
