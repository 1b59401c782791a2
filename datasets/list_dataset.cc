// SPDX-License-Identifier: Apache-2.0
#include "datasets/list_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "datasets/class_labels.h"
#include "datasets/csv_table.h"
#include "datasets/image_file_dataset.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

bool is_heading(const CsvRow& row) {
  static constexpr std::array<std::string_view, 4> kWords{"label", "class", "class_id", "category"};
  std::string word = row.fields.size() > 1 ? row.fields[1] : std::string();
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

std::vector<CsvRow> read_rows(const fs::path& file) {
  std::vector<CsvRow> rows = read_csv(file);
  if (!rows.empty() && is_heading(rows.front())) rows.erase(rows.begin());
  if (rows.empty()) throw Error(ErrorCode::kDataset, "list '{}' names no images", file.string());
  for (const CsvRow& row : rows) {
    if (row.fields.size() >= 2 && !row.fields[0].empty() && !row.fields[1].empty()) continue;
    throw Error(ErrorCode::kDataset, "list '{}' line {}: it must be `path,label`", file.string(), row.line);
  }
  return rows;
}

/// The classes that the labels themselves make: their sorted names or, when they are numbers, 0 up to the largest.
std::vector<std::string> classes_of(const std::vector<CsvRow>& rows, const fs::path& file) {
  std::set<std::string> names;
  int count = 0;
  for (const CsvRow& row : rows) {
    const std::optional<int> number = whole_number(row.fields[1]);
    if (!number) {
      names.insert(row.fields[1]);
    } else if (*number < 0 || *number >= kMaxClasses) {
      throw Error(ErrorCode::kDataset, "list '{}' line {}: label {} is out of range, it must be from 0 to {}",
                  file.string(), row.line, row.fields[1], kMaxClasses - 1);
    } else {
      count = std::max(count, *number + 1);
    }
  }
  if (!names.empty() && count > 0) {
    throw Error(ErrorCode::kDataset, "list '{}' mixes class numbers and class names ('{}'); give a labels file",
                file.string(), *names.begin());
  }
  if (count == 0) return {names.begin(), names.end()};
  std::vector<std::string> numbers;
  numbers.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) numbers.push_back(std::to_string(i));
  return numbers;
}

}  // namespace

std::unique_ptr<Dataset> open_list_dataset(const DatasetOptions& options) {
  const fs::path& file = options.list_file.empty() ? options.path : options.list_file;
  const bool has_root = !options.list_file.empty() && !options.path.empty();
  const std::vector<CsvRow> rows = read_rows(file);
  const ClassIndex index = options.labels_file.empty()
                               ? ClassIndex(classes_of(rows, file), fmt::format("list '{}'", file.string()))
                               : ClassIndex(read_class_names(options.labels_file),
                                            fmt::format("labels file '{}'", options.labels_file.string()));
  ImageFileDataset::Contents contents{
      .kind = "list", .root = has_root ? options.path : file.parent_path(), .files = {}, .class_names = index.names()};
  for (const CsvRow& row : rows) {
    const int label = index.parse(row.fields[1], fmt::format("list '{}' line {}", file.string(), row.line));
    contents.files.push_back({.path = row.fields[0], .label = label});
  }
  return std::make_unique<ImageFileDataset>(std::move(contents), options.limit, options.limit_seed);
}

}  // namespace qbench::datasets
