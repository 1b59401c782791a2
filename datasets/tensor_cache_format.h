// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace qbench::datasets {

/// The cache file: header, index of `count` entries, padding to a page, pixels. It lives on one machine for one run, so
/// that numbers are in the machine's own byte order (another order fails the magic number).
inline constexpr std::uint64_t kCacheMagic = 0x31454843414351ULL;  // "QCACHE1"
inline constexpr std::uint32_t kCacheVersion = 2;
inline constexpr std::uint64_t kCachePixelAlignment = 4096;
inline constexpr std::uint64_t kCacheMaxCount = 1ULL << 28;
inline constexpr std::uint32_t kCacheMaxSide = 16384;

struct CacheHeader {
  std::uint64_t magic = 0;
  std::uint32_t version = 0;
  std::uint32_t height = 0;
  std::uint32_t width = 0;
  std::uint32_t channels = 0;
  std::uint64_t count = 0;
  std::uint32_t reserved = 0;
  std::uint32_t checksum = 0;  ///< CRC-32 of the fields above and the index
};
static_assert(sizeof(CacheHeader) == 40);

struct CacheIndexEntry {
  std::int32_t label = 0;
  std::uint8_t status = 0;  ///< 1 ok, 2 skipped; 0 never occurs in a finished file
  std::array<std::uint8_t, 3> reserved{};
};
static_assert(sizeof(CacheIndexEntry) == 8);

inline constexpr std::uint8_t kCacheStatusOk = 1;
inline constexpr std::uint8_t kCacheStatusSkipped = 2;

/// Offset of the first pixel for `count` images (count at most kCacheMaxCount).
[[nodiscard]] std::uint64_t cache_pixels_offset(std::uint64_t count) noexcept;

/// The value of CacheHeader::checksum.
[[nodiscard]] std::uint32_t cache_checksum(const CacheHeader& header, std::span<const CacheIndexEntry> index);

}  // namespace qbench::datasets
