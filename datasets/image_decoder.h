// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// Decodes a JPEG, PNG, BMP or WebP file to an RGB image (gray is expanded, alpha dropped, 16 bits cut to 8), or says
/// why not: not an image, an unsupported format, too large, damaged. With apply_exif the image is turned upright as the
/// EXIF data of a JPEG, PNG or WebP file say. Never throws but std::bad_alloc; thread safe.
[[nodiscard]] LoadResult decode_image(std::span<const std::byte> data, bool apply_exif);

}  // namespace qbench::datasets
