// SPDX-License-Identifier: Apache-2.0
#include "core/file_digest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <span>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "core/zstd_size.h"

namespace qbench {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// A regular file, opened so that a pipe or a device never makes anybody wait.
class PieceReader {
 public:
  PieceReader(const std::filesystem::path& path, std::uint64_t max_bytes)
      : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (!fd_) throw Error(ErrorCode::kIo, "cannot read '{}': {}", path.string(), errno_text(errno));
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
      throw Error(ErrorCode::kIo, "'{}' is not a regular file", path.string());
    }
    size_ = static_cast<std::uint64_t>(info.st_size);
    if (size_ > max_bytes) {
      throw Error(ErrorCode::kIo, "'{}' has {} bytes, more than the {} allowed here", path.string(), size_, max_bytes);
    }
  }

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// As many bytes as the file had when it was opened, or fewer if it was cut short meanwhile.
  std::uint64_t for_each_piece(const std::function<void(std::span<const std::byte>)>& take) const {
    std::vector<std::byte> piece(kPieceBytes);
    std::uint64_t done = 0;
    while (done < size_) {
      const ssize_t got = ::read(fd_.get(), piece.data(), std::min<std::uint64_t>(piece.size(), size_ - done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw Error(ErrorCode::kIo, "reading '{}' failed: {}", path_.string(), errno_text(errno));
      if (got == 0) break;
      take(std::span(piece).first(static_cast<std::size_t>(got)));
      done += static_cast<std::uint64_t>(got);
    }
    return done;
  }

 private:
  const std::filesystem::path& path_;
  UniqueFd fd_;
  std::uint64_t size_ = 0;
};

}  // namespace

FileDigest digest_file(const std::filesystem::path& path, std::uint64_t max_bytes) {
  const PieceReader file(path, max_bytes);
  Sha256 hash;
  ZstdSize zstd(file.size());
  FileDigest digest;
  digest.bytes = file.for_each_piece([&](std::span<const std::byte> piece) {
    hash.update(piece);
    zstd.add(piece);
  });
  if (digest.bytes != file.size()) throw Error(ErrorCode::kIo, "'{}' was cut short while it was read", path.string());
  digest.zstd_bytes = zstd.finish();
  digest.sha256 = hash.finish();
  return digest;
}

std::string sha256_file(const std::filesystem::path& path) {
  Sha256 hash;
  (void)PieceReader(path, std::numeric_limits<std::uint64_t>::max())
      .for_each_piece([&](std::span<const std::byte> piece) { hash.update(piece); });
  return hash.finish();
}

}  // namespace qbench
