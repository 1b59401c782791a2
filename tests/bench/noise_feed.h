// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "core/classifier_view.h"
#include "datasets/tensor_cache_writer.h"
#include "harness/engine/lane.h"

namespace qbench::testing {

/// Noise images of the size that a model's tensors ask for, in a cache in `folder`.
inline engine::Feed noise_feed(const std::vector<TensorSpec>& inputs, const std::vector<TensorSpec>& outputs,
                               const std::filesystem::path& folder) {
  constexpr std::size_t kImages = 64;
  engine::Feed feed{.cache = folder / "noise.qtc", .recipe = {}, .view = classifier_view(inputs, outputs)};
  const ImageInput& image = feed.view.image;
  const datasets::PixelShape shape{.height = image.height, .width = image.width, .channels = image.channels};
  datasets::TensorCacheWriter writer(feed.cache, shape, kImages);
  std::vector<std::uint8_t> pixels(shape.bytes() * kImages);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 2654435761U >> 13);
  writer.write(0, pixels);
  writer.finish(std::vector<datasets::CacheEntry>(kImages, {.label = 0, .ok = true}));
  return feed;
}

}  // namespace qbench::testing
