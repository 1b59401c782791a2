// SPDX-License-Identifier: Apache-2.0
#include "datasets/png_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <string_view>

#include "datasets/byte_reader.h"
#include "datasets/exif.h"

namespace qbench::datasets {
namespace {

constexpr std::size_t kSignatureBytes = 8;
constexpr std::size_t kFrameBytes = 12;  // length, type and checksum around each chunk's data
constexpr std::array<std::string_view, 5> kKeptChunks{"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};

}  // namespace

PngCheck check_png(std::span<const std::byte> data) {
  PngCheck check;
  ByteReader reader(data, ByteReader::Order::kBig);
  check.image.reserve(data.size());
  check.image.assign(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(std::min(kSignatureBytes, data.size())));
  std::size_t at = kSignatureBytes;
  while (true) {
    const std::uint32_t length = reader.u32(at);
    if (reader.failed() || data.size() - at < kFrameBytes || length > data.size() - at - kFrameBytes) {
      check.damage = "the file is cut short";
      return check;
    }
    const std::span<const std::byte> typed = data.subspan(at + 4, length + std::size_t{4});
    boost::crc_32_type crc;
    crc.process_bytes(typed.data(), typed.size());
    if (crc.checksum() != reader.u32(at + 8 + length)) {
      check.damage = fmt::format("a chunk at byte {} fails its checksum", at);
      return check;
    }
    const std::string_view type(reinterpret_cast<const char*>(typed.data()), 4);
    const std::span<const std::byte> chunk = data.subspan(at, length + kFrameBytes);
    if (std::find(kKeptChunks.begin(), kKeptChunks.end(), type) != kKeptChunks.end()) {
      check.image.insert(check.image.end(), chunk.begin(), chunk.end());
    }
    if (type == "eXIf") check.orientation = tiff_orientation(typed.subspan(4));
    if (type == "IEND") return check;
    at += chunk.size();
  }
}

}  // namespace qbench::datasets
