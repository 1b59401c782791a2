// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/files.h"

namespace qbench {

/// A new folder below TMPDIR (/tmp without it) that vanishes with everything in it when the object dies. What a killed
/// process left of its own there is removed when the next one is made: a folder in use is locked, and the kernel frees
/// the lock with its process.
class ScratchFolder {
 public:
  /// Throws Error(kIo) when none can be made.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  /// The cleaning alone, for a start that needs no folder of its own.
  static void remove_left_behind() noexcept;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  UniqueFd lock_;
};

}  // namespace qbench
