// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_scan.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "core/error.h"
#include "core/files.h"
#include "datasets/class_text.h"
#include "datasets/image_file_dataset.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

/// Normalized, see normalized_name().
bool is_litter(std::string_view name) {
  constexpr std::array<std::string_view, 9> kNames{"macosx",    ".ipynbcheckpoints", "pycache",
                                                   "thumbs.db", "ehthumbs.db",       "desktop.ini",
                                                   "@eadir",    "$recycle.bin",      "systemvolumeinformation"};
  return std::ranges::find(kNames, normalized_name(name)) != kNames.end();
}

std::pair<dev_t, ino_t> folder_id(const fs::path& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) == 0) return {info.st_dev, info.st_ino};
  throw Error(ErrorCode::kDataset, "cannot read the folder '{}': {}", folder.string(), errno_text(errno));
}

}  // namespace

std::vector<std::string> FolderScan::list(const fs::path& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    if (is_litter(name)) {
      ++left_out_[to_utf8(name)];
    } else if (!name.starts_with('.')) {
      names.push_back(std::move(name));
    }
  }
  if (error) {
    throw Error(ErrorCode::kDataset, "cannot read the folder '{}': {}", folder.string(), error.message());
  }
  std::ranges::sort(names);
  return names;
}

FolderScan::TopLevel FolderScan::top_level() {
  TopLevel top;
  for (std::string& name : list(root_)) {
    std::error_code error;  // a link to itself is an error here, and just a file to us
    (fs::is_directory(root_ / name, error) ? top.folders : top.files).push_back(std::move(name));
  }
  return top;
}

std::vector<std::string> FolderScan::files_below(const std::string& folder) {
  std::set<FolderId> entered;
  if (!folder.empty()) entered.insert(folder_id(root_));
  std::vector<std::string> files;
  collect(folder, entered, files);
  return files;
}

void FolderScan::collect(const std::string& folder, std::set<FolderId>& entered, std::vector<std::string>& files) {
  if (!entered.insert(folder_id(root_ / folder)).second) return;
  for (const std::string& name : list(root_ / folder)) {
    std::string path = folder.empty() ? name : fmt::format("{}/{}", folder, name);
    std::error_code error;
    const fs::file_status status = fs::status(root_ / path, error);
    if (fs::is_directory(status)) {
      collect(path, entered, files);
    } else if (fs::is_regular_file(status) || !fs::exists(status)) {
      files.push_back(std::move(path));  // a dangling link is a sample that will be skipped
    }
  }
}

std::string FolderScan::left_out() const {
  std::string text;
  for (const auto& [name, count] : left_out_) {
    text += fmt::format("{}'{}'", text.empty() ? "left out: " : ", ", name);
    if (count > 1) text += fmt::format(" ({} times)", count);
  }
  return text;
}

bool is_split_name(std::string_view name) {
  constexpr std::array<std::string_view, 12> kNames{"train", "training",   "trainval", "val",
                                                    "valid", "validation", "test",     "testing",
                                                    "eval",  "evaluation", "dev",      "holdout"};
  return std::ranges::find(kNames, normalized_name(name)) != kNames.end();
}

}  // namespace qbench::datasets
