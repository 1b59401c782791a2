// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/system_tree.h"
#include "tests/support/paths.h"

namespace qbench::testing {

/// A temporary folder that plays the root of a machine: files of /proc, /sys, /dev and /etc, written by the test.
/// Paths are relative to that root; folders are made as needed.
class RecordedTree {
 public:
  /// Content gets a line end, as the kernel's files have.
  RecordedTree& file(std::string_view path, std::string_view content);
  /// Content exactly as given: device-tree texts end in NUL, environments hold NULs.
  RecordedTree& raw_file(std::string_view path, std::string_view content);
  RecordedTree& folder(std::string_view path);
  /// A symbolic link with this target, dangling or not.
  RecordedTree& link(std::string_view path, std::string_view target);
  RecordedTree& remove(std::string_view path);

  [[nodiscard]] const std::filesystem::path& root() const noexcept { return folder_.path(); }
  [[nodiscard]] SystemTree tree() const { return SystemTree(root()); }

 private:
  TemporaryFolder folder_;
};

}  // namespace qbench::testing
