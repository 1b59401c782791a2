// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/error.h"
#include "datasets/class_map.h"
#include "datasets/class_text.h"
#include "datasets/folder_scan.h"
#include "datasets/image_file_dataset.h"
#include "datasets/label_file.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

bool holds_folders(const fs::path& folder) {
  FolderScan scan(folder);
  return !scan.top_level().folders.empty();
}

/// The part of a set that is most likely meant, of those that hold class folders; "" when none does.
std::string likeliest_split(const fs::path& root, const std::vector<std::string>& splits, bool needs_labels) {
  constexpr std::array<std::string_view, 6> kToTest{"test", "testing", "val", "valid", "validation", "eval"};
  constexpr std::array<std::string_view, 2> kToCalibrate{"train", "training"};
  const auto find = [&](const auto& wanted) {
    for (const std::string_view name : wanted) {
      for (const std::string& split : splits) {
        if (normalized_name(split) == name && holds_folders(root / split)) return split;
      }
    }
    return std::string();
  };
  std::string split = needs_labels ? find(kToTest) : find(kToCalibrate);
  if (split.empty()) split = needs_labels ? find(kToCalibrate) : find(kToTest);
  return split;
}

void refuse_splits(const fs::path& root, const std::vector<std::string>& folders, bool needs_labels) {
  if (!std::ranges::all_of(folders, is_split_name)) return;
  const std::string split = likeliest_split(root, folders, needs_labels);
  if (split.empty() && !needs_labels) return;  // any images will do
  throw Error(ErrorCode::kDataset, "'{}' holds the parts of a split set, {}, not classes; {}", root.string(),
              quoted_list(folders),
              split.empty() ? "none of them has class folders; give a list of `path,label` lines with --list"
                            : fmt::format("give {}'{}'", needs_labels ? "--data " : "", (root / split).string()));
}

/// A folder around the class folders, as archives often have it.
void refuse_wrapper(const fs::path& root, const std::vector<std::string>& folders) {
  if (folders.size() != 1) return;
  FolderScan scan(root / folders[0]);
  const FolderScan::TopLevel inside = scan.top_level();
  if (inside.folders.size() < 2 || !inside.files.empty()) return;
  throw Error(ErrorCode::kDataset, "'{}' holds only the folder '{}', and that holds folders: {}; give --data '{}'",
              root.string(), folders[0], quoted_list(inside.folders), (root / folders[0]).string());
}

[[noreturn]] void refuse_flat(const fs::path& root, const std::vector<std::string>& files) {
  if (files.empty()) {
    throw Error(ErrorCode::kDataset, "'{}' is empty; it needs one sub-folder of images for each class", root.string());
  }
  const auto list = std::ranges::find_if(
      files, [](const std::string& file) { return normalized_name(fs::path(file).extension().string()) == ".csv"; });
  throw Error(ErrorCode::kDataset, "'{}' has no sub-folders, so that its images have no labels; {}", root.string(),
              list != files.end() ? fmt::format("give --list '{}'", (root / *list).string())
                                  : "make one sub-folder for each class, or give --list FILE with `path,label` lines");
}

/// Names as labels meet them, before the layout is judged: "train" may be a class after all.
bool are_all_labels(const std::vector<std::string>& names, const DatasetOptions& options) {
  const std::vector<std::string> labels =
      options.labels_file.empty() ? options.model_labels : read_label_file(options.labels_file);
  return std::ranges::all_of(
      names, [&labels](const std::string& name) { return std::ranges::find(labels, name) != labels.end(); });
}

ImageFileDataset::Contents without_labels(const fs::path& root, FolderScan& scan) {
  ImageFileDataset::Contents contents{.kind = "folder", .root = root, .files = {}, .class_names = {}};
  for (std::string& path : scan.files_below("")) contents.files.push_back({.path = std::move(path), .label = 0});
  return contents;
}

ImageFileDataset::Contents with_labels(const fs::path& root, const std::vector<std::string>& folders, FolderScan& scan,
                                       const DatasetOptions& options) {
  OwnClasses own{.kind = OwnClasses::Kind::kFolder, .owner = fmt::format("'{}'", root.string())};
  for (const std::string& folder : folders) {
    own.names.push_back(to_utf8(folder));
    own.where.push_back(fmt::format("folder '{}'", (root / folder).string()));
  }
  ClassMap map = map_classes(own, options);
  ImageFileDataset::Contents contents{
      .kind = "folder", .root = root, .files = {}, .class_names = std::move(map.names), .facts = std::move(map.facts)};
  std::vector<std::string> empty;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    std::vector<std::string> paths = scan.files_below(folders[i]);
    if (paths.empty()) empty.push_back(own.names[i]);
    for (std::string& path : paths) contents.files.push_back({.path = std::move(path), .label = map.index[i]});
  }
  if (!empty.empty()) contents.facts.notes.push_back("folders without files: " + quoted_list(empty));
  return contents;
}

}  // namespace

std::unique_ptr<Dataset> open_folder_dataset(const DatasetOptions& options) {
  const fs::path& root = options.path;
  if (!fs::is_directory(root)) throw Error(ErrorCode::kDataset, "'{}' is not a folder", root.string());
  FolderScan scan(root);
  const FolderScan::TopLevel top = scan.top_level();
  const bool has_classes = !top.folders.empty();
  if (!has_classes && (options.needs_labels || top.files.empty())) refuse_flat(root, top.files);
  if (has_classes && !are_all_labels(top.folders, options)) {
    refuse_splits(root, top.folders, options.needs_labels);
    if (options.needs_labels) refuse_wrapper(root, top.folders);
  }
  ImageFileDataset::Contents contents =
      has_classes ? with_labels(root, top.folders, scan, options) : without_labels(root, scan);
  if (contents.files.empty()) {
    throw Error(ErrorCode::kDataset, "the {} class folders of '{}' hold no files", top.folders.size(), root.string());
  }
  if (const std::string litter = scan.left_out(); !litter.empty()) contents.facts.notes.push_back(litter);
  return std::make_unique<ImageFileDataset>(std::move(contents), options.limit, options.limit_seed);
}

}  // namespace qbench::datasets
