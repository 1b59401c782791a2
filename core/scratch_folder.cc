// SPDX-License-Identifier: Apache-2.0
#include "core/scratch_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "core/error.h"

namespace qbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "qbench-scratch-";
constexpr std::size_t kRandomLetters = 6;

UniqueFd open_folder(const fs::path& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

bool is_same(int fd, const fs::path& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && open.st_dev == named.st_dev &&
         open.st_ino == named.st_ino;
}

void remove_if_left_behind(const fs::path& path) {
  const UniqueFd fd = open_folder(path);
  struct stat info {};
  if (!fd || ::fstat(fd.get(), &info) != 0 || info.st_uid != ::geteuid()) return;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return;  // in use, or not to be known
  std::error_code ignored;
  if (is_same(fd.get(), path)) fs::remove_all(path, ignored);
}

void remove_left_behind_in(const fs::path& parent) {
  std::error_code ignored;
  fs::directory_iterator entry(parent, ignored);
  for (; !ignored && entry != fs::directory_iterator(); entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kPrefix) && name.size() == kPrefix.size() + kRandomLetters) {
      remove_if_left_behind(entry->path());
    }
  }
}

std::string make_folder(const fs::path& parent) {
  std::string name = (parent / kPrefix).string() + std::string(kRandomLetters, 'X');
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorCode::kIo, "no temporary folder '{}': {}; set TMPDIR to a folder that can be written", name,
                errno_text(errno));
  }
  return name;
}

}  // namespace

ScratchFolder::ScratchFolder() {
  const fs::path parent = fs::temp_directory_path();
  remove_left_behind_in(parent);
  do {  // another process may take a folder that is not locked yet for one left behind
    path_ = make_folder(parent);
    lock_ = open_folder(path_);
    if (lock_ && ::flock(lock_.get(), LOCK_EX) != 0) break;  // a file system without locks: nobody cleans up there
  } while (!lock_ || !is_same(lock_.get(), path_));
}

void ScratchFolder::remove_left_behind() noexcept {
  try {
    remove_left_behind_in(fs::temp_directory_path());
  } catch (const std::exception&) {
    return;  // no TMPDIR, nothing in it
  }
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace qbench
