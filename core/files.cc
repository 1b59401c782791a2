// SPDX-License-Identifier: Apache-2.0
#include "core/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/open_file.h"
#include "core/zstd_size.h"

namespace qbench {
namespace {

std::size_t checked_size(int fd, const std::filesystem::path& path, std::uint64_t max_bytes) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    throw Error(ErrorCode::kIo, "'{}' is not a regular file", path.string());
  }
  if (static_cast<std::uint64_t>(info.st_size) > max_bytes) {
    throw Error(ErrorCode::kIo, "'{}' has {} bytes, more than the {} allowed here", path.string(), info.st_size,
                max_bytes);
  }
  return static_cast<std::size_t>(info.st_size);
}

void sync_folder(const std::filesystem::path& folder) {
  UniqueFd fd(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());  // some file systems refuse to sync a folder; the rename has happened all the same
}

/// While it lives, this thread is told of no signal that would end the program.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t ends;
    sigemptyset(&ends);
    for (const int number : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&ends, number);
    ::pthread_sigmask(SIG_BLOCK, &ends, &before_);
  }
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;

 private:
  sigset_t before_{};
};

std::string temporary_name(const std::filesystem::path& path) { return path.string() + ".tmp-XXXXXX"; }

/// A file without a name, which the kernel removes whatever happens to this process; where the file system has none,
/// one with a `temporary` name.
UniqueFd open_unfinished(const std::filesystem::path& path, std::string& temporary) {
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  UniqueFd fd(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
  if (fd) return fd;
  temporary = temporary_name(path);
  fd = UniqueFd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
  return fd;
}

/// Names the file `path`. False: there is one already; ours is called `temporary` then and can take its place.
bool name_unfinished(int fd, const std::filesystem::path& path, std::string& temporary) {
  const std::string link = fmt::format("/proc/self/fd/{}", fd);
  const auto named = [&link](const char* name) {
    return ::linkat(AT_FDCWD, link.c_str(), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0;
  };
  if (named(path.c_str())) return true;
  if (errno != EEXIST) throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
  std::string name = temporary_name(path);
  const UniqueFd reserved(::mkostemp(name.data(), O_CLOEXEC));  // for a name that nobody has
  if (!reserved || ::unlink(name.c_str()) != 0 || !named(name.c_str())) {
    throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
  }
  temporary = name;
  return false;
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int UniqueFd::release() noexcept { return std::exchange(fd_, -1); }

void UniqueFd::reset() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::string errno_text(int error_number) { return std::generic_category().message(error_number); }

UniqueFd open_for_reading(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) throw Error(ErrorCode::kIo, "cannot read '{}': {}", path.string(), errno_text(errno));
  return fd;
}

std::vector<std::byte> read_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return read_open_file(open_for_reading(path).get(), path, max_bytes);
}

std::vector<std::byte> read_open_file(int fd, const std::filesystem::path& path, std::uint64_t max_bytes) {
  std::vector<std::byte> data(checked_size(fd, path, max_bytes));
  std::size_t done = 0;
  while (done < data.size()) {
    const ssize_t got = ::pread(fd, data.data() + done, data.size() - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorCode::kIo, "reading '{}' failed: {}", path.string(), errno_text(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  data.resize(done);
  return data;
}

std::string read_text_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const std::vector<std::byte> data = read_file(path, max_bytes);
  return {reinterpret_cast<const char*>(data.data()), data.size()};
}

void write_all(int fd, std::span<const std::byte> data, std::string_view what) {
  while (!data.empty()) {
    const ssize_t wrote = ::write(fd, data.data(), data.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw Error(ErrorCode::kIo, "writing '{}' failed: {}", what, errno_text(errno));
    data = data.subspan(static_cast<std::size_t>(wrote));
  }
}

MappedFile::MappedFile(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const UniqueFd fd = open_for_reading(path);
  const std::size_t size = checked_size(fd.get(), path, max_bytes);
  if (size == 0) return;  // which cannot be mapped
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (mapping == MAP_FAILED) throw Error(ErrorCode::kIo, "cannot map '{}': {}", path.string(), errno_text(errno));
  bytes_ = {static_cast<const std::byte*>(mapping), size};
}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void write_file_atomic(const std::filesystem::path& path, std::span<const std::byte> data) {
  // A rename would put the file in a device's place: /dev/null would be gone.
  struct stat before {};
  if (::stat(path.c_str(), &before) == 0 && !S_ISREG(before.st_mode) && !S_ISDIR(before.st_mode)) {
    throw Error(ErrorCode::kIo, "cannot write '{}': it is a pipe, a device or a socket; name a file", path.string());
  }
  // A signal that ends the program waits until the file has its name or none.
  const SignalsHeld held;
  std::string temporary;
  const UniqueFd fd = open_unfinished(path, temporary);
  try {
    write_all(fd.get(), data, path.string());
    ::fchmod(fd.get(), 0644);
    if (::fsync(fd.get()) != 0)
      throw Error(ErrorCode::kIo, "syncing '{}' failed: {}", path.string(), errno_text(errno));
    if (temporary.empty() && name_unfinished(fd.get(), path, temporary)) return sync_folder(path.parent_path());
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
    }
  } catch (...) {
    if (!temporary.empty()) ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(path.parent_path());
}

void write_file_atomic(const std::filesystem::path& path, std::string_view text) {
  write_file_atomic(path, std::as_bytes(std::span(text)));
}

std::size_t zstd_compressed_size(std::span<const std::byte> data) {
  ZstdSize size(data.size());
  size.add(data);
  return size.finish();
}

}  // namespace qbench
