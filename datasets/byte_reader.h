// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace qbench::datasets {

/// Bounds-checked access to the numbers of a file header. Reading outside the data gives 0 and sets failed().
class ByteReader {
 public:
  enum class Order { kLittle, kBig };

  ByteReader(std::span<const std::byte> data, Order order) : data_(data), order_(order) {}

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] std::size_t size() const noexcept { return data_.size(); }

  std::uint8_t u8(std::uint64_t offset) { return static_cast<std::uint8_t>(number(offset, 1)); }
  std::uint16_t u16(std::uint64_t offset) { return static_cast<std::uint16_t>(number(offset, 2)); }
  std::uint32_t u24(std::uint64_t offset) { return number(offset, 3); }
  std::uint32_t u32(std::uint64_t offset) { return number(offset, 4); }

  /// True when the bytes at `offset` are `text`; false, without failing, when the data ends before.
  [[nodiscard]] bool has(std::uint64_t offset, std::string_view text) const noexcept {
    if (offset > data_.size() || text.size() > data_.size() - offset) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (data_[offset + i] != static_cast<std::byte>(text[i])) return false;
    }
    return true;
  }

 private:
  std::uint32_t number(std::uint64_t offset, unsigned bytes) {
    if (offset > data_.size() || bytes > data_.size() - offset) {
      failed_ = true;
      return 0;
    }
    std::uint32_t value = 0;
    for (unsigned i = 0; i < bytes; ++i) {
      const unsigned from = order_ == Order::kBig ? i : bytes - 1 - i;
      value = value << 8U | std::to_integer<std::uint32_t>(data_[offset + from]);
    }
    return value;
  }

  std::span<const std::byte> data_;
  Order order_;
  bool failed_ = false;
};

}  // namespace qbench::datasets
