// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace qbench::datasets {

enum class ImageFormat { kJpeg, kPng, kBmp, kWebp };

/// Limits checked before any decoder sees a file: a few hundred bytes can claim gigabytes of pixels.
inline constexpr std::uint64_t kMaxImageFileBytes = 64ULL << 20;
inline constexpr std::int64_t kMaxImagePixels = 50'000'000;
inline constexpr std::int64_t kMaxImageSide = 16384;

/// What the first bytes of a file say.
struct ImageHeader {
  ImageFormat format = ImageFormat::kJpeg;
  int width = 0;
  int height = 0;
  std::string refusal;  ///< empty: the file may be decoded; otherwise why not, and the other fields mean nothing
  [[nodiscard]] bool ok() const noexcept { return refusal.empty(); }
};

/// Recognizes the format by its magic bytes (never by the file's name), reads the size from the header and applies the
/// limits. Files that are visibly cut short are refused here, too. Reads only inside `data`; decodes nothing.
[[nodiscard]] ImageHeader read_image_header(std::span<const std::byte> data);

}  // namespace qbench::datasets
