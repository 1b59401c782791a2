// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace qbench {

/// A new folder below TMPDIR (/tmp without it) that vanishes with everything in it when the object dies.
class ScratchFolder {
 public:
  /// Throws Error(kIo) when none can be made.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace qbench
