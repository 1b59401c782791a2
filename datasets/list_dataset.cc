// SPDX-License-Identifier: Apache-2.0
#include "datasets/list_dataset.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "datasets/class_map.h"
#include "datasets/class_text.h"
#include "datasets/image_file_dataset.h"
#include "datasets/list_table.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

/// The labels that occur, each with the line that has it first.
OwnClasses labels_in(const ListTable& table, const fs::path& file) {
  OwnClasses own{.kind = OwnClasses::Kind::kListLabel, .owner = fmt::format("list '{}'", file.string())};
  std::map<std::string, std::size_t> lines;
  for (const ListRow& row : table.rows) lines.emplace(row.label, row.line);
  for (const auto& [label, line] : lines) {
    own.names.push_back(to_utf8(label));
    own.where.push_back(fmt::format("{} line {}", own.owner, line));
  }
  for (const std::string& name : table.classes) own.order.push_back(to_utf8(name));
  return own;
}

}  // namespace

std::unique_ptr<Dataset> open_list_dataset(const DatasetOptions& options) {
  const fs::path& file = options.list_file.empty() ? options.path : options.list_file;
  const bool has_root = !options.list_file.empty() && !options.path.empty();
  const fs::path root = has_root ? options.path : file.parent_path();
  const ListTable table = read_list(file, root);
  const OwnClasses own = labels_in(table, file);
  ClassMap map = map_classes(own, options);
  std::map<std::string, int> index;
  for (std::size_t i = 0; i < own.names.size(); ++i) index.emplace(own.names[i], map.index[i]);
  ImageFileDataset::Contents contents{
      .kind = "list", .root = root, .files = {}, .class_names = std::move(map.names), .facts = std::move(map.facts)};
  for (const ListRow& row : table.rows) {
    contents.files.push_back({.path = row.path, .label = index.at(to_utf8(row.label))});
  }
  if (!table.ignored.empty()) {
    contents.facts.notes.push_back("columns of the list not looked at: " + quoted_list(table.ignored));
  }
  return std::make_unique<ImageFileDataset>(std::move(contents), options.limit, options.limit_seed);
}

}  // namespace qbench::datasets
