// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// A decoded JPEG.
struct JpegResult {
  Image image;  ///< RGB as stored, not yet turned by the orientation
  int orientation = 1;
  bool is_cmyk = false;  ///< the file is sound, but its four inks are not converted: `image` is empty
  std::string damage;    ///< empty: sound
  std::string refusal;   ///< why it is not decoded although it may be sound; then `image` is empty
};

/// Decodes with libjpeg in one pass. Whatever the library only warns about (premature end, bad codes, missing end
/// marker) makes the image damaged: other decoders fill the lost part with gray and say nothing. Prints nothing.
/// Pixels are those of the accurate integer DCT with fancy upsampling, the library's defaults. Thread safe.
[[nodiscard]] JpegResult decode_jpeg(std::span<const std::byte> data);

}  // namespace qbench::datasets
