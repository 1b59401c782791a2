// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/files.h"
#include "datasets/tensor_cache.h"

namespace qbench::datasets {

/// Writes a tensor cache: all its disk space is reserved at the start, pixels are written in any order from any thread,
/// and only finish() makes the file one that TensorCache::open accepts. Destroyed before finish(), it removes the file.
class TensorCacheWriter {
 public:
  /// Creates (or replaces) the file for `count` images. Throws Error(kIo) naming the file when it cannot be created or
  /// the disk is too small.
  TensorCacheWriter(std::filesystem::path path, const PixelShape& shape, std::size_t count);
  ~TensorCacheWriter();
  TensorCacheWriter(const TensorCacheWriter&) = delete;
  TensorCacheWriter& operator=(const TensorCacheWriter&) = delete;

  /// Writes whole images (n x H x W x C bytes) from image `first` on. May be called from several threads for ranges
  /// that do not overlap. Throws Error(kIo).
  void write(std::size_t first, std::span<const std::uint8_t> pixels) const;

  /// Writes index and header; `entries` has one element for each image. Throws Error(kIo).
  void finish(std::span<const CacheEntry> entries);

 private:
  void write_at(std::uint64_t offset, std::span<const std::byte> data) const;

  std::filesystem::path path_;
  UniqueFd fd_;
  PixelShape shape_;
  std::size_t count_;
  bool finished_ = false;
};

}  // namespace qbench::datasets
