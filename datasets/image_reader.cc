// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_reader.h"

#include <algorithm>

#include "core/assert.h"

namespace qbench::datasets {
namespace {

/// Fits a second-level cache beside a small model's working set.
constexpr std::size_t kPieceBytes = 256U << 10U;

}  // namespace

ImageReader::ImageReader(const TensorCache& cache)
    : cache_(cache), piece_images_(std::max<std::size_t>(kPieceBytes / cache.shape().bytes(), 1)) {}

std::span<const std::uint8_t> ImageReader::image(std::size_t index) {
  QBENCH_ASSERT(index < cache_.size());
  const std::size_t bytes = cache_.shape().bytes();
  if (index < first_ || index >= first_ + count_) read_piece(index);
  return std::span(piece_).subspan((index - first_) * bytes, bytes);
}

void ImageReader::read_piece(std::size_t first) {
  const std::size_t count = std::min(piece_images_, cache_.size() - first);
  count_ = 0;  // until it has been read
  piece_.resize(count * cache_.shape().bytes());
  cache_.read(first, count, piece_);
  first_ = first;
  count_ = count;
}

}  // namespace qbench::datasets
