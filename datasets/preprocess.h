// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/recipe.h"
#include "datasets/dataset.h"
#include "datasets/tensor_cache.h"

namespace qbench::datasets {

/// The pixel half of a recipe: resize, crop and colour. Writes shape.bytes() bytes (uint8, HWC) to `out`; with 3
/// channels in the recipe's order, with 1 channel gray. EXIF was handled by the decoder. With kShortSide the image is
/// resized, keeping its aspect ratio, so that it covers (H, W) / crop_fraction exactly on the tighter side (the other
/// side rounded down), then the centre H x W is cut out (a half pixel of offset goes to the even side): for a square
/// input this is the usual "resize short side, centre crop" of ImageNet evaluations. Returns an empty text, or why this
/// image cannot be used (then `out` is undefined). Thread safe.
[[nodiscard]] std::string preprocess(const Image& image, const Recipe& recipe, const PixelShape& shape,
                                     std::span<std::uint8_t> out);

/// Throws Error(kUnsupported) unless shape is one that preprocess can make: 1 or 3 channels, sides 1..16384.
void check_pixel_shape(const PixelShape& shape);

}  // namespace qbench::datasets
