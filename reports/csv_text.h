// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::reports {

/// Builds one CSV row at a time after RFC 4180 (CRLF, quotes doubled). Texts are reversibly_printable()
/// (core/printable.h). One that a spreadsheet would run as a formula (it starts with = + - @ and is no number) gets an
/// apostrophe in front, and so does one that starts with an apostrophe; a semicolon before such a mark is escaped,
/// since spreadsheets of many countries split there. csv_plain_text() undoes all of it.
class CsvRow {
 public:
  CsvRow& text(std::string_view value);
  CsvRow& number(double value);  ///< shortest text that reads back as the same number
  CsvRow& number(float value);
  CsvRow& number(std::optional<double> value);
  CsvRow& integer(std::int64_t value);
  CsvRow& integer(std::optional<std::int64_t> value);
  CsvRow& empty();

  /// The row with its line end; the object starts again with an empty row.
  [[nodiscard]] std::string take();

 private:
  CsvRow& raw(std::string_view value);

  std::string row_;
  bool first_ = true;
};

/// The text that CsvRow::text() was given.
[[nodiscard]] std::string csv_plain_text(std::string_view field);

/// Reads CSV after RFC 4180; LF alone ends a line too. Keeps a view of `text`, which must outlive it.
class CsvReader {
 public:
  /// `source` names the file in error messages.
  CsvReader(std::string_view text, std::string source);

  /// The next row, without its quotes; false at the end. Throws Error(kConfig) with the line on a quote that is never
  /// closed or stands inside a field.
  [[nodiscard]] bool next(std::vector<std::string>& fields);

  /// Number of the row that next() gave last, the first is 1. A quoted line break does not count.
  [[nodiscard]] std::size_t row() const noexcept { return row_; }

 private:
  [[nodiscard]] std::string quoted_field();
  [[nodiscard]] std::string bare_field();

  std::string_view text_;
  std::string source_;
  std::size_t at_ = 0;
  std::size_t row_ = 0;
};

}  // namespace qbench::reports
