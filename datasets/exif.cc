// SPDX-License-Identifier: Apache-2.0
#include "datasets/exif.h"

#include <string_view>

#include "datasets/byte_reader.h"

namespace qbench::datasets {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::uint16_t kOrientationTag = 0x0112;
constexpr std::uint16_t kTypeShort = 3;
constexpr std::size_t kEntryBytes = 12;
constexpr std::size_t kChunkHeaderBytes = 8;
constexpr auto kSignature = "Exif\0\0"sv;

bool has_signature(std::span<const std::byte> data) {
  return ByteReader(data, ByteReader::Order::kBig).has(0, kSignature);
}

}  // namespace

int tiff_orientation(std::span<const std::byte> tiff) {
  const bool little = ByteReader(tiff, ByteReader::Order::kBig).has(0, "II*\0"sv);
  ByteReader reader(tiff, little ? ByteReader::Order::kLittle : ByteReader::Order::kBig);
  if (!little && !reader.has(0, "MM\0*"sv)) return 1;
  const std::uint64_t directory = reader.u32(4);
  const std::uint16_t entries = reader.u16(directory);
  for (std::uint64_t i = 0; i < entries && !reader.failed(); ++i) {
    const std::uint64_t entry = directory + 2 + i * kEntryBytes;
    if (reader.u16(entry) != kOrientationTag || reader.u16(entry + 2) != kTypeShort) continue;
    const std::uint16_t orientation = reader.u16(entry + 8);
    return orientation >= 1 && orientation <= 8 && !reader.failed() ? orientation : 1;
  }
  return 1;
}

int exif_orientation(std::span<const std::byte> app1) {
  if (!has_signature(app1)) return 1;
  return tiff_orientation(app1.subspan(kSignature.size()));
}

int webp_orientation(std::span<const std::byte> file) {
  ByteReader reader(file, ByteReader::Order::kLittle);
  if (!reader.has(12, "VP8X")) return 1;
  std::uint64_t at = 12;
  while (at + kChunkHeaderBytes <= file.size()) {
    const std::uint64_t length = reader.u32(at + 4);
    const std::uint64_t begin = at + kChunkHeaderBytes;
    if (reader.has(at, "EXIF") && length <= file.size() - begin) {
      const std::span<const std::byte> chunk = file.subspan(begin, length);
      return has_signature(chunk) ? exif_orientation(chunk) : tiff_orientation(chunk);
    }
    at = begin + length + (length & 1U);  // chunks begin at even places
  }
  return 1;
}

}  // namespace qbench::datasets
