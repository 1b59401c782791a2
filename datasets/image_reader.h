// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "datasets/tensor_cache.h"

namespace qbench::datasets {

/// Reads the images of a cache one after the other, a piece of some images at a time: a system call for each image
/// would disturb the inference after it, and a mapping costs page faults, most of all in a virtual machine.
class ImageReader {
 public:
  /// `cache` must outlive the reader.
  explicit ImageReader(const TensorCache& cache);

  /// H x W x C bytes of image `index`, valid until the next call. Throws Error(kIo) as TensorCache::read() does.
  [[nodiscard]] std::span<const std::uint8_t> image(std::size_t index);

 private:
  void read_piece(std::size_t first);

  const TensorCache& cache_;
  std::size_t piece_images_;
  // What the piece holds: images [first_, first_ + count_).
  std::size_t first_ = 0;
  std::size_t count_ = 0;
  std::vector<std::uint8_t> piece_;
};

}  // namespace qbench::datasets
