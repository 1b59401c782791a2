// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace qbench::datasets {

/// What a walk over a PNG's chunks found.
struct PngCheck {
  std::vector<std::byte> image;  ///< the file reduced to the chunks that make its pixels
  int orientation = 1;           ///< 1..8 as EXIF defines them
  std::string damage;            ///< empty: every checksum holds and the end chunk is there
};

/// Checks a PNG before the decoder sees it: the decoder reports damage and oddities of side chunks (colour profiles,
/// texts) only as lines on the terminal, and would expand compressed texts of any size. `data` begins with the PNG
/// signature.
[[nodiscard]] PngCheck check_png(std::span<const std::byte> data);

}  // namespace qbench::datasets
