// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/file_watch.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/sha256.h"

namespace qbench::engine {
namespace {

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }

std::string hash_or_nothing(const std::filesystem::path& path) {
  try {
    return sha256_file(path);
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

FileIdentity file_identity(const std::filesystem::path& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return {};
  return {.device = info.st_dev,
          .inode = info.st_ino,
          .size = info.st_size,
          .modified_ns = nanoseconds(info.st_mtim),
          .changed_ns = nanoseconds(info.st_ctim)};
}

void FileWatch::add(std::string_view what, const std::filesystem::path& path, std::string sha256,
                    const FileIdentity& seen) {
  if (sha256.empty() || std::ranges::find(files_, path, &Watched::path) != files_.end()) return;
  files_.push_back({std::string(what), path, std::move(sha256), seen});
}

std::string FileWatch::change() {
  if (!found_.empty()) return found_;
  for (Watched& file : files_) {
    const FileIdentity now = file_identity(file.path);
    if (now == file.identity) continue;
    if (hash_or_nothing(file.path) != file.sha256) {
      found_ = fmt::format("the {} '{}' {}", file.what, file.path.string(), kChangedDuringRun);
      return found_;
    }
    file.identity = now;
  }
  return {};
}

}  // namespace qbench::engine
