// SPDX-License-Identifier: Apache-2.0
#include "datasets/list_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "datasets/class_text.h"
#include "datasets/csv_table.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

// Normalized, see normalized_name(). The earlier is preferred: of a number and a name beside it the number.
constexpr std::array<std::string_view, 14> kPathWords{"path",      "filepath",  "imagepath", "filename", "file",
                                                      "imagename", "imagefile", "image",     "img",      "imgpath",
                                                      "imageid",   "name",      "id",        "images"};
constexpr std::array<std::string_view, 12> kLabelWords{"classid",  "labelid",   "categoryid", "classindex",
                                                       "label",    "labels",    "class",      "classname",
                                                       "category", "labelname", "target",     "y"};

std::string at_line(const fs::path& file, std::size_t line) {
  return fmt::format("list '{}' line {}", file.string(), line);
}

/// Column of the first of `words` that is a heading.
template <std::size_t N>
std::optional<std::size_t> column_of(const std::vector<std::string>& headings,
                                     const std::array<std::string_view, N>& words) {
  for (const std::string_view word : words) {
    const auto found = std::ranges::find(headings, word);
    if (found != headings.end()) return static_cast<std::size_t>(found - headings.begin());
  }
  return std::nullopt;
}

bool is_file_name(std::string_view field) { return field.find_first_of("./\\") != std::string_view::npos; }

bool is_zero(std::string_view field) { return field == "0" || field == "0.0"; }
bool is_one(std::string_view field) { return field == "1" || field == "1.0"; }

class ListReader {
 public:
  ListReader(const fs::path& file, const fs::path& root) : file_(file), root_(root), rows_(read_csv(file)) {}

  ListTable read() {
    if (rows_.empty()) refuse_empty();
    for (const std::string& field : rows_[0].fields) headings_.push_back(normalized_name(field));
    refuse_boxes();
    if (is_one_hot()) {
      read_one_hot();
    } else {
      read_pairs();
    }
    return std::move(table_);
  }

 private:
  [[noreturn]] void refuse_empty() const {
    throw Error(ErrorCode::kDataset, "list '{}' names no images", file_.string());
  }

  void refuse_boxes() const {
    if (std::ranges::find(headings_, "xmin") == headings_.end()) return;
    throw Error(ErrorCode::kDataset,
                "list '{}' has boxes (xmin, ...): it is for object detection; give a list of `path,label` lines",
                file_.string());
  }

  /// A heading, then rows of a path and nothing but 0 and 1.
  [[nodiscard]] bool is_one_hot() const {
    const std::size_t columns = rows_[0].fields.size();
    if (columns < 3 || rows_.size() < 2 || is_zero(rows_[0].fields[1]) || is_one(rows_[0].fields[1])) return false;
    if (column_of(headings_, kLabelWords)) return false;
    return std::all_of(rows_.begin() + 1, rows_.end(), [columns](const CsvRow& row) {
      return row.fields.size() == columns &&
             std::all_of(row.fields.begin() + 1, row.fields.end(),
                         [](const auto& field) { return is_zero(field) || is_one(field); });
    });
  }

  void read_one_hot() {
    table_.classes.assign(rows_[0].fields.begin() + 1, rows_[0].fields.end());
    for (std::size_t i = 1; i < rows_.size(); ++i) {
      const CsvRow& row = rows_[i];
      const auto ones =
          std::count_if(row.fields.begin() + 1, row.fields.end(), [](const auto& field) { return is_one(field); });
      if (ones != 1) {
        throw Error(ErrorCode::kDataset, "{}: it has {} of the {} classes; an image of a classifier has one",
                    at_line(file_, row.line), ones, table_.classes.size());
      }
      const auto one =
          std::find_if(row.fields.begin() + 1, row.fields.end(), [](const auto& field) { return is_one(field); });
      add(row, row.fields[0], table_.classes[static_cast<std::size_t>(one - row.fields.begin()) - 1]);
    }
  }

  void read_pairs() {
    std::size_t path = 0;
    std::size_t label = 1;
    const bool has_heading = find_columns(path, label);
    if (has_heading && rows_.size() == 1) refuse_empty();
    if (!has_heading) refuse_unknown_heading();
    for (std::size_t i = has_heading ? 1 : 0; i < rows_.size(); ++i) {
      const CsvRow& row = rows_[i];
      if (row.fields.size() <= std::max(path, label) || row.fields[path].empty() || row.fields[label].empty()) {
        refuse_row(row);
      }
      add(row, row.fields[path], row.fields[label]);
    }
  }

  /// A name above numbers is no label.
  void refuse_unknown_heading() const {
    const auto is_numbered = [](const CsvRow& row) { return row.fields.size() > 1 && whole_number(row.fields[1]); };
    if (rows_.size() < 2 || is_numbered(rows_[0]) || rows_[0].fields.size() < 2 || is_file_name(rows_[0].fields[0])) {
      return;
    }
    if (!std::all_of(rows_.begin() + 1, rows_.end(), is_numbered)) return;
    throw Error(ErrorCode::kDataset, "{}: the heading '{}', '{}' is not known; call the columns `path` and `label`",
                at_line(file_, rows_[0].line), rows_[0].fields[0], rows_[0].fields[1]);
  }

  [[noreturn]] void refuse_row(const CsvRow& row) const {
    throw Error(ErrorCode::kDataset, "{}: it must be `path,label`{}", at_line(file_, row.line),
                row.fields.size() < 2 ? ", with a comma, a semicolon or a tab between them" : "");
  }

  /// False when the first line is no heading; then nothing is changed.
  bool find_columns(std::size_t& path, std::size_t& label) {
    const std::optional<std::size_t> labels = column_of(headings_, kLabelWords);
    const std::optional<std::size_t> paths = column_of(headings_, kPathWords);
    if (headings_.size() < 2 || (!labels && paths != 0)) return false;
    const std::size_t label_column = labels.value_or(1);
    const std::size_t path_column = paths.value_or(label_column == 0 ? 1 : 0);
    // A row of the list itself whose label is such a word: "a.jpg,y".
    if (path_column == label_column || is_file_name(rows_[0].fields[path_column])) return false;
    path = path_column;
    label = label_column;
    for (std::size_t i = 0; i < headings_.size(); ++i) {
      if (i != path && i != label) table_.ignored.push_back(rows_[0].fields[i]);
    }
    return true;
  }

  void add(const CsvRow& row, const std::string& path, const std::string& label) {
    table_.rows.push_back({.line = row.line, .path = usable(path), .label = label});
  }

  /// Lists made on Windows.
  [[nodiscard]] std::string usable(std::string path) const {
    std::error_code error;
    if (path.find('\\') != std::string::npos && !fs::exists(root_ / path, error)) std::ranges::replace(path, '\\', '/');
    while (path.starts_with("./")) path.erase(0, 2);
    return path;
  }

  const fs::path& file_;
  const fs::path& root_;
  std::vector<CsvRow> rows_;
  std::vector<std::string> headings_;
  ListTable table_;
};

}  // namespace

ListTable read_list(const fs::path& file, const fs::path& root) { return ListReader(file, root).read(); }

}  // namespace qbench::datasets
