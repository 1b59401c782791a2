// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "core/files.h"

namespace qbench {

/// Keeps a folder for this process alone: two that write into the same one mix their results. The kernel frees the lock
/// however the process ends, and a file that a killed one left behind is taken over. Programs that it starts do not
/// inherit the lock.
class FolderLock {
 public:
  static constexpr std::string_view kFile = ".qbench.lock";

  /// Takes the lock at once or throws: Error(kUsage) with the folder and the holder's process id when another has it,
  /// Error(kIo) when nothing can be locked there.
  explicit FolderLock(const std::filesystem::path& folder);
  FolderLock(FolderLock&&) noexcept = default;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  std::filesystem::path file_;
  UniqueFd fd_;
};

}  // namespace qbench
