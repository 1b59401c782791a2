// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace qbench::datasets {

/// The orientation (1..8) in the payload of a JPEG APP1 segment ("Exif\0\0" and a TIFF header); 1 (upright) when there
/// is none or it is damaged. Source: EXIF 2.3, section 4.6, tag 0x0112.
[[nodiscard]] int exif_orientation(std::span<const std::byte> app1);

}  // namespace qbench::datasets
