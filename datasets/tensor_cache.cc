// SPDX-License-Identifier: Apache-2.0
#include "datasets/tensor_cache.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/crc.hpp>
#include <cerrno>
#include <utility>

#include "core/assert.h"
#include "core/error.h"
#include "datasets/tensor_cache_format.h"

namespace qbench::datasets {
namespace {

constexpr std::size_t kChecksummedHeaderBytes = sizeof(CacheHeader) - sizeof(CacheHeader::checksum);

void read_exactly(int fd, std::span<std::byte> out, std::uint64_t offset, const std::filesystem::path& path) {
  while (!out.empty()) {
    const ssize_t got = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorCode::kIo, "reading '{}' failed: {}", path.string(), errno_text(errno));
    if (got == 0) throw Error(ErrorCode::kIo, "tensor cache '{}' is cut short", path.string());
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

CacheHeader read_header(int fd, const std::filesystem::path& path) {
  CacheHeader header;
  read_exactly(fd, std::as_writable_bytes(std::span(&header, 1)), 0, path);
  if (header.magic != kCacheMagic) {
    throw Error(ErrorCode::kIo, "'{}' is not a finished tensor cache", path.string());
  }
  if (header.version != kCacheVersion) {
    throw Error(ErrorCode::kIo, "tensor cache '{}' has version {}, this program reads version {}", path.string(),
                header.version, kCacheVersion);
  }
  const bool sane = header.height >= 1 && header.height <= kCacheMaxSide && header.width >= 1 &&
                    header.width <= kCacheMaxSide && (header.channels == 1 || header.channels == 3) &&
                    header.count >= 1 && header.count <= kCacheMaxCount;
  if (!sane) throw Error(ErrorCode::kIo, "tensor cache '{}' has a damaged header", path.string());
  return header;
}

/// Before anything is allocated: a header may claim any count, the file's size tells the truth.
void check_size(int fd, const CacheHeader& header, const std::filesystem::path& path) {
  struct stat info {};
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    throw Error(ErrorCode::kIo, "'{}' is not a regular file", path.string());
  }
  // At most 2^28 images of 2^14 x 2^14 x 3 bytes: below 2^58, no overflow.
  const std::uint64_t pixels = header.count * header.height * header.width * header.channels;
  const std::uint64_t expected = cache_pixels_offset(header.count) + pixels;
  const auto actual = static_cast<std::uint64_t>(info.st_size);
  if (actual != expected) {
    throw Error(ErrorCode::kIo, "tensor cache '{}' has {} bytes, its header says {}", path.string(), actual, expected);
  }
}

std::vector<CacheEntry> to_entries(std::span<const CacheIndexEntry> index, const std::filesystem::path& path) {
  std::vector<CacheEntry> entries;
  entries.reserve(index.size());
  for (const CacheIndexEntry& entry : index) {
    if (entry.status != kCacheStatusOk && entry.status != kCacheStatusSkipped) {
      throw Error(ErrorCode::kIo, "tensor cache '{}' has a damaged index", path.string());
    }
    entries.push_back({.label = entry.label, .ok = entry.status == kCacheStatusOk});
  }
  return entries;
}

}  // namespace

std::uint64_t cache_pixels_offset(std::uint64_t count) noexcept {
  const std::uint64_t end = sizeof(CacheHeader) + count * sizeof(CacheIndexEntry);
  return (end + kCachePixelAlignment - 1) / kCachePixelAlignment * kCachePixelAlignment;
}

std::uint32_t cache_checksum(const CacheHeader& header, std::span<const CacheIndexEntry> index) {
  boost::crc_32_type crc;
  crc.process_bytes(&header, kChecksummedHeaderBytes);
  crc.process_bytes(index.data(), index.size_bytes());
  return crc.checksum();
}

TensorWindow::TensorWindow(TensorWindow&& other) noexcept { *this = std::move(other); }

TensorWindow& TensorWindow::operator=(TensorWindow&& other) noexcept {
  if (this != &other) {
    unmap();
    mapping_ = std::exchange(other.mapping_, nullptr);
    mapped_bytes_ = std::exchange(other.mapped_bytes_, 0);
    pixels_ = std::exchange(other.pixels_, nullptr);
    image_bytes_ = std::exchange(other.image_bytes_, 0);
    first_ = std::exchange(other.first_, 0);
    count_ = std::exchange(other.count_, 0);
  }
  return *this;
}

TensorWindow::~TensorWindow() { unmap(); }

void TensorWindow::unmap() noexcept {
  if (mapping_ != nullptr) ::munmap(mapping_, mapped_bytes_);
  mapping_ = nullptr;
}

std::span<const std::uint8_t> TensorWindow::image(std::size_t index) const {
  QBENCH_ASSERT(index < count_);
  return pixels().subspan(index * image_bytes_, image_bytes_);
}

TensorCache TensorCache::open(const std::filesystem::path& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) throw Error(ErrorCode::kIo, "cannot read tensor cache '{}': {}", path.string(), errno_text(errno));
  return open(std::move(file), path);
}

TensorCache TensorCache::open(UniqueFd file, const std::filesystem::path& path) {
  TensorCache cache;
  cache.path_ = path;
  cache.fd_ = std::move(file);
  const CacheHeader header = read_header(cache.fd_.get(), path);
  check_size(cache.fd_.get(), header, path);
  std::vector<CacheIndexEntry> index(header.count);
  read_exactly(cache.fd_.get(), std::as_writable_bytes(std::span(index)), sizeof(CacheHeader), path);
  if (cache_checksum(header, index) != header.checksum) {
    throw Error(ErrorCode::kIo, "tensor cache '{}' is damaged: its checksum does not match", path.string());
  }
  cache.shape_ = {.height = static_cast<int>(header.height),
                  .width = static_cast<int>(header.width),
                  .channels = static_cast<int>(header.channels)};
  cache.pixels_offset_ = cache_pixels_offset(header.count);
  cache.entries_ = to_entries(index, path);
  return cache;
}

std::uint64_t TensorCache::offset_of(std::size_t first, std::size_t count) const {
  if (count == 0 || first >= size() || count > size() - first) {
    throw Error(ErrorCode::kIo, "tensor cache '{}' has {} images, not the {} from {} on", path_.string(), size(), count,
                first);
  }
  return pixels_offset_ + first * shape_.bytes();
}

void TensorCache::read(std::size_t first, std::size_t count, std::span<std::uint8_t> out) const {
  const std::uint64_t begin = offset_of(first, count);
  QBENCH_ASSERT(out.size() == count * shape_.bytes());
  read_exactly(fd_.get(), std::as_writable_bytes(out), begin, path_);
}

TensorWindow TensorCache::window(std::size_t first, std::size_t count) const {
  const std::uint64_t begin = offset_of(first, count);
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t aligned = begin / page * page;
  TensorWindow window;
  window.mapped_bytes_ = begin - aligned + count * shape_.bytes();
  void* mapping = ::mmap(nullptr, window.mapped_bytes_, PROT_READ, MAP_SHARED, fd_.get(), static_cast<off_t>(aligned));
  if (mapping == MAP_FAILED) {
    throw Error(ErrorCode::kIo, "cannot map tensor cache '{}': {}", path_.string(), errno_text(errno));
  }
  window.mapping_ = mapping;
  window.pixels_ = static_cast<const std::uint8_t*>(mapping) + (begin - aligned);
  window.image_bytes_ = shape_.bytes();
  window.first_ = first;
  window.count_ = count;
  return window;
}

}  // namespace qbench::datasets
