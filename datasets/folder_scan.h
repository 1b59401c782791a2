// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>
#include <cstddef>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qbench::datasets {

/// Reads a folder of images and keeps count of what it leaves out: hidden files in silence, and by name what desktops,
/// archivers and notebooks leave behind ("__MACOSX", ".ipynb_checkpoints", "Thumbs.db", "desktop.ini").
class FolderScan {
 public:
  explicit FolderScan(std::filesystem::path root) : root_(std::move(root)) {}

  /// The names of the folders and of the other files right below the root, each sorted. Throws Error(kDataset).
  struct TopLevel {
    std::vector<std::string> folders;
    std::vector<std::string> files;
  };
  [[nodiscard]] TopLevel top_level();

  /// Paths, relative to the root, of all files below `folder` ("" is the root), in the order of their names. Each
  /// folder is entered once, and the root only when asked for: links may lead in circles, and through n folders that
  /// link to each other there are n! ways. Throws Error(kDataset).
  [[nodiscard]] std::vector<std::string> files_below(const std::string& folder);

  /// One line that names what was left out; empty when nothing was.
  [[nodiscard]] std::string left_out() const;

 private:
  using FolderId = std::pair<dev_t, ino_t>;
  [[nodiscard]] std::vector<std::string> list(const std::filesystem::path& folder);
  void collect(const std::string& folder, std::set<FolderId>& entered, std::vector<std::string>& files);

  std::filesystem::path root_;
  std::map<std::string, std::size_t> left_out_;  // by name
};

/// True for a folder name that stands for a part of a set ("train", "val", "test"), not for a class.
[[nodiscard]] bool is_split_name(std::string_view name);

}  // namespace qbench::datasets
