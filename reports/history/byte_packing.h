// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct ZSTD_CCtx_s;

namespace qbench::reports::history {

// Small numbers in few bytes, for the blobs of the history file.

using Bytes = std::vector<std::byte>;

/// Appends numbers and sections to a byte string.
class ByteWriter {
 public:
  ByteWriter();
  ~ByteWriter();
  ByteWriter(const ByteWriter&) = delete;
  ByteWriter& operator=(const ByteWriter&) = delete;

  /// 7 bits a byte, the lowest first.
  void number(std::uint64_t value);
  /// Signed, small magnitudes short ("zigzag").
  void signed_number(std::int64_t value);
  /// Length and content; compressed with zstd where that makes it smaller.
  void section(std::span<const std::byte> content);
  [[nodiscard]] Bytes take() { return std::move(bytes_); }
  [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }

 private:
  /// Empty when it would not be smaller.
  [[nodiscard]] Bytes compressed(std::span<const std::byte> content);

  Bytes bytes_;
  std::unique_ptr<ZSTD_CCtx_s, std::size_t (*)(ZSTD_CCtx_s*)> context_;  ///< made for the first section, then reused
};

/// Reads what ByteWriter wrote. Every function throws Error(kConfig) naming `source` when the bytes end too early or
/// cannot be what was written; a damaged length never makes it allocate more than `kMostBytes`.
class ByteReader {
 public:
  static constexpr std::uint64_t kMostBytes = 1ULL << 28;

  /// `bytes` must outlive the reader.
  ByteReader(std::span<const std::byte> bytes, std::string source);
  [[nodiscard]] std::uint64_t number();
  [[nodiscard]] std::int64_t signed_number();
  /// A number that counts things of at least one bit each in `of` bytes; refused when it cannot be.
  [[nodiscard]] std::size_t count(std::uint64_t most);
  [[nodiscard]] Bytes section();
  [[nodiscard]] std::size_t left() const noexcept { return bytes_.size(); }
  /// Throws when something is left over.
  void finish() const;
  [[noreturn]] void damaged() const;

 private:
  [[nodiscard]] std::span<const std::byte> take(std::uint64_t length);

  std::span<const std::byte> bytes_;
  std::string source_;
};

/// The differences between neighbours: for columns that grow slowly. Not compressed; put several into one section.
void write_deltas(ByteWriter& writer, std::span<const std::int64_t> values);
[[nodiscard]] std::vector<std::int64_t> read_deltas(ByteReader& reader, std::size_t count);

/// Noise: each number less the smallest, one section for each byte that is used. The low bytes hardly compress and the
/// high ones very well, but only when zstd sees them apart.
void write_planes(ByteWriter& writer, std::span<const std::int64_t> values);
[[nodiscard]] std::vector<std::int64_t> read_planes(ByteReader& reader, std::size_t count);

}  // namespace qbench::reports::history
