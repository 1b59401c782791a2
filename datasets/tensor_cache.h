// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "core/files.h"

namespace qbench::datasets {

/// Size of one preprocessed image: uint8, HWC.
struct PixelShape {
  int height = 0;
  int width = 0;
  int channels = 0;
  [[nodiscard]] std::size_t bytes() const noexcept {
    return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
  }
  bool operator==(const PixelShape&) const = default;
};

/// One image's entry in a cache.
struct CacheEntry {
  std::int32_t label = 0;  ///< class index of the dataset, without the recipe's label offset
  bool ok = false;         ///< false: skipped, its pixels are zeros
  bool operator==(const CacheEntry&) const = default;
};

/// A range of a cache's images mapped into memory; unmapped on destruction. Stays valid after its TensorCache is gone.
class TensorWindow {
 public:
  TensorWindow(TensorWindow&& other) noexcept;
  TensorWindow& operator=(TensorWindow&& other) noexcept;
  ~TensorWindow();

  [[nodiscard]] std::size_t first() const noexcept { return first_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// count x H x W x C bytes.
  [[nodiscard]] std::span<const std::uint8_t> pixels() const noexcept { return {pixels_, count_ * image_bytes_}; }
  /// One image, H x W x C bytes; `index` counts from the window's first image and must be below count().
  [[nodiscard]] std::span<const std::uint8_t> image(std::size_t index) const;

 private:
  friend class TensorCache;
  TensorWindow() = default;
  void unmap() noexcept;

  void* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
  const std::uint8_t* pixels_ = nullptr;
  std::size_t image_bytes_ = 0;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

/// A finished file of N x H x W x C uint8 pixels with a label and a status for each image, opened for reading.
/// Immutable: all const methods may be called from several threads at once.
class TensorCache {
 public:
  /// Reads and checks header and index; maps nothing. Throws Error(kIo) naming the file when it is missing, unfinished,
  /// cut short, damaged or of another version.
  [[nodiscard]] static TensorCache open(const std::filesystem::path& path);
  /// The same for a file that is open already; `path` is its name in messages.
  [[nodiscard]] static TensorCache open(UniqueFd file, const std::filesystem::path& path);

  [[nodiscard]] const PixelShape& shape() const noexcept { return shape_; }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] const std::vector<CacheEntry>& entries() const noexcept { return entries_; }

  /// Maps images [first, first + count), count at least 1: for images that are wanted in any order, again and again.
  /// Throws Error(kIo) when the range is not inside the cache or the system refuses.
  [[nodiscard]] TensorWindow window(std::size_t first, std::size_t count) const;

  /// Copies images [first, first + count), count x H x W x C bytes, to `out`. Throws Error(kIo) as window() does, or
  /// when the file cannot be read any more.
  void read(std::size_t first, std::size_t count, std::span<std::uint8_t> out) const;

 private:
  TensorCache() = default;
  /// Where the pixels of `first` begin in the file; throws unless the range is inside the cache.
  [[nodiscard]] std::uint64_t offset_of(std::size_t first, std::size_t count) const;

  std::filesystem::path path_;
  UniqueFd fd_;
  PixelShape shape_;
  std::uint64_t pixels_offset_ = 0;
  std::vector<CacheEntry> entries_;
};

}  // namespace qbench::datasets
