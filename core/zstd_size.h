// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace qbench {

/// Counts what zstd at level 3 would make of some data, handed over in pieces: where these are cut does not matter. The
/// compressed bytes themselves are thrown away.
class ZstdSize {
 public:
  /// Of data with `total` bytes in all. Throws Error(kOutOfMemory).
  explicit ZstdSize(std::uint64_t total);
  ~ZstdSize();
  ZstdSize(const ZstdSize&) = delete;
  ZstdSize& operator=(const ZstdSize&) = delete;

  void add(std::span<const std::byte> piece);
  [[nodiscard]] std::uint64_t finish();

 private:
  struct Context;
  void compress(std::span<const std::byte> piece, bool last);

  std::unique_ptr<Context> context_;
  std::vector<std::byte> out_;
  std::uint64_t size_ = 0;
};

}  // namespace qbench
