// SPDX-License-Identifier: Apache-2.0
#include "datasets/tensor_cache_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "core/assert.h"
#include "core/error.h"
#include "datasets/tensor_cache_format.h"

namespace qbench::datasets {

TensorCacheWriter::TensorCacheWriter(std::filesystem::path path, const PixelShape& shape, std::size_t count)
    : path_(std::move(path)), shape_(shape), count_(count) {
  QBENCH_ASSERT(count >= 1 && count <= kCacheMaxCount && shape.bytes() >= 1);
  fd_ = UniqueFd(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd_) throw Error(ErrorCode::kIo, "cannot write tensor cache '{}': {}", path_.string(), errno_text(errno));
  const std::uint64_t bytes = cache_pixels_offset(count) + count * shape.bytes();
  // Reserved at once: a disk that is too small is known before hours of decoding, and a reader that maps the file can
  // never meet a hole that the disk has no room for.
  const int error = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(bytes));
  if (error != 0) {
    ::unlink(path_.c_str());
    throw Error(ErrorCode::kIo, "no room for the tensor cache '{}' ({} bytes): {}", path_.string(), bytes,
                errno_text(error));
  }
}

TensorCacheWriter::~TensorCacheWriter() {
  if (!finished_) ::unlink(path_.c_str());
}

void TensorCacheWriter::write(std::size_t first, std::span<const std::uint8_t> pixels) const {
  QBENCH_ASSERT(pixels.size() % shape_.bytes() == 0 && first + pixels.size() / shape_.bytes() <= count_);
  write_at(cache_pixels_offset(count_) + first * shape_.bytes(), std::as_bytes(pixels));
}

void TensorCacheWriter::finish(std::span<const CacheEntry> entries) {
  QBENCH_ASSERT(entries.size() == count_);
  std::vector<CacheIndexEntry> index;
  index.reserve(entries.size());
  for (const CacheEntry& entry : entries) {
    index.push_back({.label = entry.label, .status = entry.ok ? kCacheStatusOk : kCacheStatusSkipped, .reserved = {}});
  }
  CacheHeader header{.magic = kCacheMagic,
                     .version = kCacheVersion,
                     .height = static_cast<std::uint32_t>(shape_.height),
                     .width = static_cast<std::uint32_t>(shape_.width),
                     .channels = static_cast<std::uint32_t>(shape_.channels),
                     .count = count_,
                     .checksum = 0};
  header.checksum = cache_checksum(header, index);
  write_at(sizeof(CacheHeader), std::as_bytes(std::span(index)));
  write_at(0, std::as_bytes(std::span(&header, 1)));
  finished_ = true;
}

void TensorCacheWriter::write_at(std::uint64_t offset, std::span<const std::byte> data) const {
  while (!data.empty()) {
    const ssize_t wrote = ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw Error(ErrorCode::kIo, "writing '{}' failed: {}", path_.string(), errno_text(errno));
    data = data.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
}

}  // namespace qbench::datasets
