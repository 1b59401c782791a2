// SPDX-License-Identifier: Apache-2.0
#include "reports/history/byte_packing.h"

#include <zstd.h>

#include <algorithm>

#include "core/error.h"

namespace qbench::reports::history {
namespace {

constexpr int kLevel = 3;
constexpr int kBitsPerByte = 7;
constexpr std::size_t kMostPlanes = 8;

}  // namespace

ByteWriter::ByteWriter() : context_(nullptr, ZSTD_freeCCtx) {}
ByteWriter::~ByteWriter() = default;

Bytes ByteWriter::compressed(std::span<const std::byte> content) {
  if (!context_) context_.reset(ZSTD_createCCtx());
  Bytes out(ZSTD_compressBound(content.size()));
  const std::size_t size =
      ZSTD_compressCCtx(context_.get(), out.data(), out.size(), content.data(), content.size(), kLevel);
  if (ZSTD_isError(size) != 0U) throw Error(ErrorCode::kOutOfMemory, "zstd: {}", ZSTD_getErrorName(size));
  out.resize(size < content.size() ? size : 0);
  return out;
}

void ByteWriter::number(std::uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<std::byte>(value | 0x80));
    value >>= kBitsPerByte;
  }
  bytes_.push_back(static_cast<std::byte>(value));
}

void ByteWriter::signed_number(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  number((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void ByteWriter::section(std::span<const std::byte> content) {
  const Bytes smaller = compressed(content);
  const std::span<const std::byte> stored = smaller.empty() ? content : std::span<const std::byte>(smaller);
  number(stored.size() << 1 | (smaller.empty() ? 0U : 1U));
  bytes_.insert(bytes_.end(), stored.begin(), stored.end());
}

ByteReader::ByteReader(std::span<const std::byte> bytes, std::string source)
    : bytes_(bytes), source_(std::move(source)) {}

void ByteReader::damaged() const {
  throw Error(ErrorCode::kConfig, "{} is damaged; restore the file from a copy", source_);
}

std::span<const std::byte> ByteReader::take(std::uint64_t length) {
  if (length > bytes_.size()) damaged();
  const std::span<const std::byte> taken = bytes_.first(length);
  bytes_ = bytes_.subspan(length);
  return taken;
}

std::uint64_t ByteReader::number() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += kBitsPerByte) {
    const auto byte = static_cast<std::uint64_t>(take(1)[0]);
    value |= (byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  damaged();
}

std::int64_t ByteReader::signed_number() {
  const std::uint64_t bits = number();
  return static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) != 0U ? ~std::uint64_t{0} : 0));
}

std::size_t ByteReader::count(std::uint64_t most) {
  const std::uint64_t value = number();
  if (value > most) damaged();
  return static_cast<std::size_t>(value);
}

Bytes ByteReader::section() {
  const std::uint64_t header = number();
  const std::span<const std::byte> stored = take(header >> 1);
  if ((header & 1) == 0U) return {stored.begin(), stored.end()};
  const unsigned long long size = ZSTD_getFrameContentSize(stored.data(), stored.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > kMostBytes) damaged();
  Bytes content(size);
  const std::size_t got = ZSTD_decompress(content.data(), content.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) != 0U || got != content.size()) damaged();
  return content;
}

void ByteReader::finish() const {
  if (!bytes_.empty()) damaged();
}

void write_deltas(ByteWriter& writer, std::span<const std::int64_t> values) {
  std::uint64_t last = 0;  // unsigned: differences may wrap, and come back the same way
  for (const std::int64_t value : values) {
    writer.signed_number(static_cast<std::int64_t>(static_cast<std::uint64_t>(value) - last));
    last = static_cast<std::uint64_t>(value);
  }
}

std::vector<std::int64_t> read_deltas(ByteReader& reader, std::size_t count) {
  if (count > reader.left()) reader.damaged();  // before anything is allocated
  std::vector<std::int64_t> values(count);
  std::uint64_t last = 0;
  for (std::int64_t& value : values) {
    last += static_cast<std::uint64_t>(reader.signed_number());
    value = static_cast<std::int64_t>(last);
  }
  return values;
}

void write_planes(ByteWriter& writer, std::span<const std::int64_t> values) {
  if (values.empty()) return;
  const auto [low, high] = std::ranges::minmax(values);
  const auto base = static_cast<std::uint64_t>(low);
  const std::uint64_t range = static_cast<std::uint64_t>(high) - base;
  writer.signed_number(low);
  std::size_t planes = 0;
  while (planes < kMostPlanes && (planes == 0 ? range : range >> (8 * planes)) != 0) ++planes;
  writer.number(planes);
  Bytes plane(values.size());
  for (std::size_t i = 0; i < planes; ++i) {
    std::ranges::transform(values, plane.begin(), [&](std::int64_t value) {
      return static_cast<std::byte>((static_cast<std::uint64_t>(value) - base) >> (8 * i));
    });
    writer.section(plane);
  }
}

std::vector<std::int64_t> read_planes(ByteReader& reader, std::size_t count) {
  if (count == 0) return {};
  const auto base = static_cast<std::uint64_t>(reader.signed_number());
  const std::size_t planes = reader.count(kMostPlanes);
  std::vector<std::uint64_t> offsets(count, 0);
  for (std::size_t i = 0; i < planes; ++i) {
    const Bytes plane = reader.section();
    if (plane.size() != count) reader.damaged();
    for (std::size_t k = 0; k < count; ++k) offsets[k] |= static_cast<std::uint64_t>(plane[k]) << (8 * i);
  }
  std::vector<std::int64_t> values(count);
  std::ranges::transform(offsets, values.begin(),
                         [base](std::uint64_t offset) { return static_cast<std::int64_t>(base + offset); });
  return values;
}

}  // namespace qbench::reports::history
