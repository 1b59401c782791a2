// SPDX-License-Identifier: Apache-2.0
#include "core/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include "core/error.h"

namespace qbench {
namespace {

/// The number at the start of the file. Digits only: somebody else may have written it.
std::string written_pid(int fd) {
  std::array<char, 16> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  const std::string_view all(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return std::string(all.substr(0, all.find_first_not_of("0123456789")));
}

/// Waits a moment for a holder that has taken the lock and not yet said so.
std::string holder_of(int fd) {
  constexpr int kTries = 25;
  std::string pid;
  for (int i = 0; i < kTries && pid.empty(); ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    pid = written_pid(fd);
  }
  return pid.empty() ? "another process" : "process " + pid;
}

/// False when the file has been removed or replaced by the holder before, while this one waited.
bool still_named(int fd, const std::filesystem::path& file) {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd, &open) == 0 && ::lstat(file.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

UniqueFd take_lock(const std::filesystem::path& folder, const std::filesystem::path& file) {
  constexpr int kFlags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  UniqueFd fd(::open(file.c_str(), kFlags, 0644));
  if (!fd) throw Error(ErrorCode::kIo, "cannot write '{}': {}", file.string(), errno_text(errno));
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) {
      throw Error(ErrorCode::kUsage, "'{}' is in use by {}; wait for its end or take another folder", folder.string(),
                  holder_of(fd.get()));
    }
    throw Error(ErrorCode::kIo, "cannot lock '{}': {}; take a folder on another file system", file.string(),
                errno_text(errno));
  }
  return fd;
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder) : file_(folder / kFile) {
  do {
    fd_ = take_lock(folder, file_);
  } while (!still_named(fd_.get(), file_));
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd_.get(), 0) != 0 || ::pwrite(fd_.get(), pid.data(), pid.size(), 0) < 0) {
    return;  // a full disk: the lock holds all the same, only its holder stays unnamed
  }
}

FolderLock::~FolderLock() {
  if (fd_) ::unlink(file_.c_str());  // while it is held: whoever waits sees that the name is gone
}

}  // namespace qbench
