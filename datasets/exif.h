// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace qbench::datasets {

/// The orientation (1..8) in a TIFF header and its first directory; 1 (upright) when there is none or it is damaged.
/// Source: EXIF 2.3, section 4.6, tag 0x0112.
[[nodiscard]] int tiff_orientation(std::span<const std::byte> tiff);

/// The same in the payload of a JPEG APP1 segment: "Exif\0\0" and a TIFF header.
[[nodiscard]] int exif_orientation(std::span<const std::byte> app1);

/// The same in the EXIF chunk of a WebP file, with or without "Exif\0\0" before the TIFF header. Source: the WebP
/// container specification, "Extended File Format".
[[nodiscard]] int webp_orientation(std::span<const std::byte> file);

}  // namespace qbench::datasets
