// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_header.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "datasets/byte_reader.h"

namespace qbench::datasets {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kCutShort = "damaged: the file is cut short";

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  std::string_view name;
};

/// Image formats that are known by sight and not decoded.
constexpr std::array kRefusedFormats{
    Magic{0, "GIF8"sv, "GIF"},
    Magic{0, "II*\0"sv, "TIFF"},
    Magic{0, "MM\0*"sv, "TIFF"},
    Magic{0, "II+\0"sv, "TIFF"},
    Magic{0, "\0\0\0\x0CjP  "sv, "JPEG 2000"},
    Magic{0, "\xFF\x4F\xFF\x51"sv, "JPEG 2000"},
    Magic{0, "\xFF\x0A"sv, "JPEG XL"},
    Magic{0, "\0\0\0\x0CJXL "sv, "JPEG XL"},
    Magic{4, "ftypavif"sv, "AVIF"},
    Magic{4, "ftypavis"sv, "AVIF"},
    Magic{4, "ftyphei"sv, "HEIC"},
    Magic{4, "ftypmif1"sv, "HEIF"},
    Magic{0, "8BPS"sv, "Photoshop"},
    Magic{0, "\x76\x2F\x31\x01"sv, "OpenEXR"},
    Magic{0, "#?RADIANCE"sv, "Radiance HDR"},
    Magic{0, "DDS "sv, "DDS"},
    Magic{0, "%PDF"sv, "PDF"},
};

ImageHeader refused(std::string reason) {
  ImageHeader header;
  header.refusal = std::move(reason);
  return header;
}

ImageHeader sized(ImageFormat format, std::int64_t width, std::int64_t height) {
  if (width < 1 || height < 1) return refused("damaged: the header says no pixels");
  if (width > kMaxImageSide || height > kMaxImageSide || width * height > kMaxImagePixels) {
    return refused(fmt::format("too large: {}x{} pixels (limits: {} a side, {} million in all)", width, height,
                               kMaxImageSide, kMaxImagePixels / 1'000'000));
  }
  return {.format = format, .width = static_cast<int>(width), .height = static_cast<int>(height), .refusal = {}};
}

bool is_frame_header(std::uint8_t marker) {
  // C4, C8 and CC are Huffman tables, reserved and arithmetic conditioning.
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Walks the marker segments up to the frame header.
ImageHeader read_jpeg(std::span<const std::byte> data) {
  ByteReader reader(data, ByteReader::Order::kBig);
  std::uint64_t at = 2;
  while (!reader.failed()) {
    if (reader.u8(at) != 0xFF) break;
    const std::uint8_t marker = reader.u8(at + 1);
    if (marker == 0xFF) {  // padding
      ++at;
      continue;
    }
    if (marker == 0xDA || marker == 0xD9) break;
    const bool has_no_length = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (is_frame_header(marker)) {
      const std::uint16_t height = reader.u16(at + 5);
      const std::uint16_t width = reader.u16(at + 7);
      if (reader.failed()) break;
      return sized(ImageFormat::kJpeg, width, height);
    }
    at += has_no_length ? 2U : 2U + reader.u16(at + 2);
  }
  return refused(reader.failed() ? std::string(kCutShort) : "damaged: no JPEG frame header");
}

ImageHeader read_png(std::span<const std::byte> data) {
  ByteReader reader(data, ByteReader::Order::kBig);
  const std::uint32_t length = reader.u32(8);
  const std::uint32_t width = reader.u32(16);
  const std::uint32_t height = reader.u32(20);
  if (reader.failed()) return refused(std::string(kCutShort));
  if (length != 13 || !reader.has(12, "IHDR")) return refused("damaged: no PNG header chunk");
  return sized(ImageFormat::kPng, width, height);
}

/// The numbers of a bitmap's two headers, in the 12-byte form of OS/2 or one that begins like Windows' 40-byte form.
struct BitmapHeader {
  explicit BitmapHeader(ByteReader& reader) : pixels_offset(reader.u32(10)), info_bytes(reader.u32(14)) {
    const bool is_short = info_bytes == kShortInfoBytes;
    width = is_short ? reader.u16(18) : static_cast<std::int32_t>(reader.u32(18));
    height = is_short ? reader.u16(20) : static_cast<std::int32_t>(reader.u32(22));
    bits = reader.u16(is_short ? 24 : 28);
    if (is_short) return;
    compression = reader.u32(30);
    colours = reader.u32(46);
  }

  [[nodiscard]] bool is_bitmap() const {
    return info_bytes == kShortInfoBytes || (info_bytes >= kLongInfoBytes && info_bytes <= kLongestInfoBytes);
  }

  /// Rows or, with a strange offset, tables: the file must hold them all, the decoder would make up the rest.
  [[nodiscard]] std::int64_t bytes_needed() const {
    const std::int64_t row_bytes = (width * bits + 31) / 32 * 4;
    const std::int64_t palette = bits > 8 ? 0 : colours > 0 ? colours : std::int64_t{1} << bits;
    const std::int64_t tables = kFileHeaderBytes + info_bytes + palette * (info_bytes == kShortInfoBytes ? 3 : 4) +
                                (compression == kBitFields ? kMaskBytes : 0);
    return std::max(tables, pixels_offset + row_bytes * std::abs(height));
  }

  static constexpr std::int64_t kFileHeaderBytes = 14;
  static constexpr std::int64_t kShortInfoBytes = 12;
  static constexpr std::int64_t kLongInfoBytes = 40;
  static constexpr std::int64_t kLongestInfoBytes = 124;
  static constexpr std::int64_t kMaskBytes = 12;
  static constexpr std::uint32_t kBitFields = 3;

  std::int64_t pixels_offset;
  std::int64_t info_bytes;
  std::int64_t width = 0;
  std::int64_t height = 0;  ///< negative: rows from top to bottom
  std::int64_t bits = 0;
  std::uint32_t compression = 0;
  std::uint32_t colours = 0;
};

ImageHeader read_bmp(std::span<const std::byte> data) {
  ByteReader reader(data, ByteReader::Order::kLittle);
  const BitmapHeader bitmap(reader);
  if (data.size() >= 18 && !bitmap.is_bitmap()) return refused("not an image");
  if (reader.failed()) return refused(std::string(kCutShort));
  ImageHeader header = sized(ImageFormat::kBmp, bitmap.width, std::abs(bitmap.height));
  if (!header.ok()) return header;
  constexpr std::array kDepths{1, 4, 8, 16, 24, 32};
  if (std::find(kDepths.begin(), kDepths.end(), bitmap.bits) == kDepths.end() || bitmap.colours > 256) {
    return refused("damaged: impossible BMP header");
  }
  if (bitmap.compression != 0 && bitmap.compression != BitmapHeader::kBitFields) {
    return refused("compressed BMP is not supported");
  }
  if (std::cmp_less(data.size(), bitmap.bytes_needed())) return refused(std::string(kCutShort));
  return header;
}

ImageHeader read_webp(std::span<const std::byte> data) {
  ByteReader reader(data, ByteReader::Order::kLittle);
  if (reader.u32(4) + std::uint64_t{8} > data.size()) return refused(std::string(kCutShort));
  std::int64_t width = 0;
  std::int64_t height = 0;
  if (reader.has(12, "VP8X")) {
    if ((reader.u8(20) & 0x02U) != 0) return refused("animated WebP is not supported");
    width = std::int64_t{reader.u24(24)} + 1;
    height = std::int64_t{reader.u24(27)} + 1;
  } else if (reader.has(12, "VP8L")) {
    const std::uint32_t packed = reader.u32(21);
    width = (packed & 0x3FFFU) + 1;
    height = (packed >> 14U & 0x3FFFU) + 1;
  } else if (reader.has(12, "VP8 ")) {
    width = reader.u16(26) & 0x3FFFU;
    height = reader.u16(28) & 0x3FFFU;
  } else {
    return refused("damaged: no WebP image chunk");
  }
  return reader.failed() ? refused(std::string(kCutShort)) : sized(ImageFormat::kWebp, width, height);
}

}  // namespace

ImageHeader read_image_header(std::span<const std::byte> data) {
  if (data.empty()) return refused("the file is empty");
  if (data.size() > kMaxImageFileBytes) {
    return refused(fmt::format("too large: {} bytes (limit: {} MB)", data.size(), kMaxImageFileBytes >> 20U));
  }
  const ByteReader reader(data, ByteReader::Order::kBig);
  if (reader.has(0, "\xFF\xD8\xFF"sv)) return read_jpeg(data);
  if (reader.has(0, "\x89PNG\r\n\x1A\n"sv)) return read_png(data);
  if (reader.has(0, "BM")) return read_bmp(data);
  if (reader.has(0, "RIFF") && reader.has(8, "WEBP")) return read_webp(data);
  for (const Magic& magic : kRefusedFormats) {
    if (reader.has(magic.offset, magic.bytes)) return refused(fmt::format("{} is not supported", magic.name));
  }
  return refused("not an image");
}

}  // namespace qbench::datasets
