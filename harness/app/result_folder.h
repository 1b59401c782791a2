// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/board.h"
#include "core/folder_lock.h"

namespace qbench::app {

/// The folder of a run, kept for this process alone (core/folder_lock.h) before anything in it is read or written. What
/// a killed run left behind in it (pixels, scores, half-written files) is removed. No link below it is followed: what
/// was downloaded must neither read nor write elsewhere.
class ResultFolder {
 public:
  /// A new folder: `wanted`, or results/<utc>-<board>-<plan>. Throws Error(kIo) when it cannot be made, holds something
  /// (then --resume is what the user wants) or is in use.
  [[nodiscard]] static ResultFolder create(const std::filesystem::path& wanted, const Board& board,
                                           const std::string& plan_name);
  /// One that exists. Throws Error(kIo) when it does not or is no folder, and Error(kUsage) when it is in use or holds
  /// a link.
  [[nodiscard]] static ResultFolder reopen(const std::filesystem::path& folder);
  /// A folder within another one, new or not. Throws as both do.
  [[nodiscard]] static ResultFolder within(const ResultFolder& outer, const std::string& name);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  explicit ResultFolder(std::filesystem::path path) : path_(std::move(path)), lock_(path_) {}

  std::filesystem::path path_;
  FolderLock lock_;
};

}  // namespace qbench::app
