// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace qbench::datasets {

struct ListRow {
  std::size_t line = 0;
  std::string path;   ///< as written, but "/" for "\" and without "./" in front
  std::string label;  ///< a class name or number
};

/// What a list file says.
struct ListTable {
  std::vector<ListRow> rows;         ///< at least one
  std::vector<std::string> classes;  ///< one-hot: the class columns in their order; else empty
  std::vector<std::string> ignored;  ///< headings of columns that were not looked at
};

/// Reads a list of images: `path,label` rows, or columns that a heading names ("filename", "label", ..., any case, any
/// order), or one-hot (a path, then a column of 0 and 1 for each class). Throws Error(kDataset) naming file and line
/// for a row without path or label or with several classes, and for a list of boxes. `root` is what paths are relative
/// to.
[[nodiscard]] ListTable read_list(const std::filesystem::path& file, const std::filesystem::path& root);

}  // namespace qbench::datasets
