// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace qbench {

/// Owns a file descriptor. close() may throw; the destructor closes silently.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept;
  void reset() noexcept;

 private:
  int fd_ = -1;
};

/// The whole file. Throws Error(kIo) naming the file when it is missing, unreadable, not a regular file or larger
/// than max_bytes.
[[nodiscard]] std::vector<std::byte> read_file(const std::filesystem::path& path,
                                               std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path, std::uint64_t max_bytes = 1ULL << 30);

/// A file's bytes, mapped read-only: pages come in as they are touched and are shared with the page cache. Whoever cuts
/// the file short meanwhile makes the reader die of SIGBUS: not for the harness itself.
class MappedFile {
 public:
  MappedFile() = default;
  /// Throws Error(kIo) like read_file().
  explicit MappedFile(const std::filesystem::path& path,
                      std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

/// Writes a nameless file in the same folder, syncs it, names it `path` and syncs the folder: a reader sees the old
/// content or the new, never a half, and who is ended leaves nothing. Throws Error(kIo); then `path` is as it was.
void write_file_atomic(const std::filesystem::path& path, std::span<const std::byte> data);
void write_file_atomic(const std::filesystem::path& path, std::string_view text);

/// Writes all of data at the current position, retrying short writes and EINTR. Throws Error(kIo) naming `what`.
void write_all(int fd, std::span<const std::byte> data, std::string_view what);

/// Size of `data` after zstd compression at level 3: what the file costs to ship.
[[nodiscard]] std::size_t zstd_compressed_size(std::span<const std::byte> data);

/// The text of a system error number ("No space left on device").
[[nodiscard]] std::string errno_text(int error_number);

}  // namespace qbench
