// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::engine {

/// Part of every message of a FileWatch.
inline constexpr std::string_view kChangedDuringRun = "changed during the run";

/// What tells one state of a file from another without reading it.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t size = -1;  ///< -1: there is no file
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const FileIdentity&) const = default;
};
[[nodiscard]] FileIdentity file_identity(const std::filesystem::path& path);

/// The files that must stay what they were while a cell is measured, because every round loads them anew: model,
/// runtime library, delegate, worker. Single-threaded.
class FileWatch {
 public:
  /// `what` names it in messages ("model file"); `seen` was taken before `sha256` was. A file that is watched already
  /// is not watched twice.
  void add(std::string_view what, const std::filesystem::path& path, std::string sha256, const FileIdentity& seen);

  /// One line that names the first file that is no longer the same; empty when all are. A file is read only when its
  /// identity changed: one that was copied over itself has not changed. What was found once stays found.
  [[nodiscard]] std::string change();

 private:
  struct Watched {
    std::string what;
    std::filesystem::path path;
    std::string sha256;
    FileIdentity identity;
  };

  std::vector<Watched> files_;
  std::string found_;
};

}  // namespace qbench::engine
