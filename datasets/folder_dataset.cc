// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_dataset.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
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

/// Collects the files below one class folder.
class FileCollector {
 public:
  explicit FileCollector(const fs::path& root) : root_(root) {}

  void collect(const std::string& folder, int label) {
    struct stat info {};
    // A link that leads back to a folder above would otherwise never end.
    if (::stat((root_ / folder).c_str(), &info) != 0 || !open_.insert({info.st_dev, info.st_ino}).second) return;
    for (const std::string& name : list_folder(root_ / folder)) {
      const std::string path = folder + '/' + name;
      std::error_code error;
      const fs::file_status status = fs::status(root_ / path, error);
      if (fs::is_directory(status)) {
        collect(path, label);
      } else if (fs::is_regular_file(status) || !fs::exists(status)) {
        files_.push_back({.path = path, .label = label});  // a dangling link is a sample that will be skipped
      }
    }
    open_.erase({info.st_dev, info.st_ino});
  }

  [[nodiscard]] std::vector<LabelledFile> take() { return std::move(files_); }

 private:
  const fs::path& root_;
  std::set<std::pair<dev_t, ino_t>> open_;  ///< folders from the class folder down to the current one
  std::vector<LabelledFile> files_;
};

std::vector<std::string> class_folders(const fs::path& root) {
  std::vector<std::string> folders;
  bool has_files = false;
  for (std::string& name : list_folder(root)) {
    if (fs::is_directory(root / name)) {
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
  for (const std::string& folder : folders) names.push_back(to_utf8(folder));
  const ClassIndex index =
      options.labels_file.empty()
          ? ClassIndex(names, "the folder")
          : ClassIndex(read_class_names(options.labels_file), "labels file '" + options.labels_file.string() + "'");
  FileCollector collector(root);
  for (std::size_t i = 0; i < folders.size(); ++i) collector.collect(folders[i], index.find(names[i]));
  ImageFileDataset::Contents contents{
      .kind = "folder", .root = root, .files = collector.take(), .class_names = index.names()};
  if (contents.files.empty()) {
    throw Error(ErrorCode::kDataset, "the {} class folders of '{}' hold no files", folders.size(), root.string());
  }
  return std::make_unique<ImageFileDataset>(std::move(contents), options.limit, options.limit_seed);
}

}  // namespace qbench::datasets
