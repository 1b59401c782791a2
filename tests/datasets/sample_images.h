// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"

/// Images and files that the dataset tests make for themselves.
namespace qbench::datasets::samples {

using Bytes = std::vector<std::byte>;

/// An RGB picture with smooth colours and an edge, different for every seed.
[[nodiscard]] Image picture(int width, int height, int seed = 0);

/// The picture as a file of the format that `extension` (".jpg", ".png", ".bmp", ".webp") names; `parameters` are
/// cv::imwrite's.
[[nodiscard]] Bytes encoded(const Image& image, const std::string& extension, const std::vector<int>& parameters = {});

/// A sound JPEG of picture(width, height, seed).
[[nodiscard]] Bytes jpeg(int width = 32, int height = 24, int seed = 0);
/// A sound CMYK JPEG.
[[nodiscard]] Bytes cmyk_jpeg(int width, int height);
/// A progressive JPEG of one colour whose last scan is there again and again, so that it has `scans` of them.
[[nodiscard]] Bytes jpeg_of_scans(int width, int height, int scans);
/// `jpeg` with an EXIF segment that says `orientation`.
[[nodiscard]] Bytes with_orientation(const Bytes& jpeg, int orientation, bool little_endian = true);

/// `webp`, a file of width x height with one image chunk, with an EXIF chunk that says `orientation`; the "Exif\0\0"
/// before the TIFF header is optional.
[[nodiscard]] Bytes webp_with_orientation(const Bytes& webp, int width, int height, int orientation,
                                          bool signature = false);

/// A PNG chunk with its length and checksum.
[[nodiscard]] Bytes png_chunk(std::string_view type, std::span<const std::byte> data);
/// The signature and header chunk of a PNG that claims this size, and nothing else.
[[nodiscard]] Bytes png_header(std::uint32_t width, std::uint32_t height);

/// What cv::imdecode makes of the file, as RGB.
[[nodiscard]] Image opencv_decoded(const Bytes& file, bool apply_exif = true);

[[nodiscard]] Bytes to_bytes(std::string_view text);

/// Writes a file, creating its folders.
void write(const std::filesystem::path& file, std::span<const std::byte> data);
void write(const std::filesystem::path& file, std::string_view text);

}  // namespace qbench::datasets::samples
