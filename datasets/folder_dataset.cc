// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_dataset.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "datasets/class_labels.h"
#include "datasets/image_file_dataset.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

/// Visible entries of a folder, sorted by name.
std::vector<std::string> list_folder(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    if (!name.starts_with('.')) names.push_back(std::move(name));
  }
  if (error) {
    throw Error(ErrorCode::kDataset, "cannot read the folder '{}': {}", folder.string(), error.message());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Identifies a folder, whatever links lead to it.
using FolderId = std::pair<dev_t, ino_t>;

FolderId folder_id(const fs::path& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) == 0) return {info.st_dev, info.st_ino};
  throw Error(ErrorCode::kDataset, "cannot read the folder '{}': {}", folder.string(), errno_text(errno));
}

/// Collects the files below one class folder. Each folder is entered once, and the root never: links may lead in
/// circles, and through n folders that link to each other there are n! ways.
class ClassCollector {
 public:
  ClassCollector(const fs::path& root, int label, std::vector<LabelledFile>& files)
      : root_(root), label_(label), files_(files), entered_{folder_id(root)} {}

  void collect(const std::string& folder) {
    if (!entered_.insert(folder_id(root_ / folder)).second) return;
    for (const std::string& name : list_folder(root_ / folder)) {
      const std::string path = fmt::format("{}/{}", folder, name);
      std::error_code error;
      const fs::file_status status = fs::status(root_ / path, error);
      if (fs::is_directory(status)) {
        collect(path);
      } else if (fs::is_regular_file(status) || !fs::exists(status)) {
        files_.push_back({.path = path, .label = label_});  // a dangling link is a sample that will be skipped
      }
    }
  }

 private:
  const fs::path& root_;
  int label_;
  std::vector<LabelledFile>& files_;
  std::set<FolderId> entered_;
};

std::vector<std::string> class_folders(const fs::path& root) {
  std::vector<std::string> folders;
  bool has_files = false;
  for (std::string& name : list_folder(root)) {
    std::error_code error;  // a link to itself is an error here, and just a file to us
    if (fs::is_directory(root / name, error)) {
      folders.push_back(std::move(name));
    } else {
      has_files = true;
    }
  }
  if (!folders.empty()) return folders;
  throw Error(ErrorCode::kDataset, "'{}' {}", root.string(),
              has_files ? "has no sub-folders; it needs one for each class, or a list file of `path,label` lines"
                        : "is empty; it needs one sub-folder of images for each class");
}

}  // namespace

std::unique_ptr<Dataset> open_folder_dataset(const DatasetOptions& options) {
  const fs::path& root = options.path;
  if (!fs::is_directory(root)) throw Error(ErrorCode::kDataset, "'{}' is not a folder", root.string());
  const std::vector<std::string> folders = class_folders(root);
  std::vector<std::string> names;
  names.reserve(folders.size());
  for (const std::string& folder : folders) names.push_back(to_utf8(folder));
  const ClassIndex index =
      options.labels_file.empty()
          ? ClassIndex(names, "the folder")
          : ClassIndex(read_class_names(options.labels_file), "labels file '" + options.labels_file.string() + "'");
  ImageFileDataset::Contents contents{.kind = "folder", .root = root, .files = {}, .class_names = index.names()};
  for (std::size_t i = 0; i < folders.size(); ++i) {
    ClassCollector(root, index.find(names[i]), contents.files).collect(folders[i]);
  }
  if (contents.files.empty()) {
    throw Error(ErrorCode::kDataset, "the {} class folders of '{}' hold no files", folders.size(), root.string());
  }
  return std::make_unique<ImageFileDataset>(std::move(contents), options.limit, options.limit_seed);
}

}  // namespace qbench::datasets
