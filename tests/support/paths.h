// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace qbench::testing {

/// The file of a stand-in library, e.g. "fake_tflite_ok" or "fake_delegate"; see tests/support/CMakeLists.txt.
[[nodiscard]] std::filesystem::path stand_in(std::string_view name);

/// A file or folder of the optional real models and images: below the folder that QBENCH_SHARED names, else below
/// "shared" beside the repository. Nothing when it does not exist; the test then skips with shared_data_missing().
[[nodiscard]] std::optional<std::filesystem::path> shared_data(std::string_view relative);
[[nodiscard]] std::string shared_data_missing(std::string_view relative);

/// An empty folder that is removed with everything in it at the end of the scope.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace qbench::testing
