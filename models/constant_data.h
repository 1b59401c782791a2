// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace qbench::models {

using Bytes = std::vector<std::byte>;

/// The bytes of a constant, as a value. Copies share them until one is written, because every rewriter copies its
/// graph; and they may be a piece of a mapped file, so that weights of gigabytes need not be in memory.
class ConstantData {
 public:
  ConstantData() = default;
  ConstantData(Bytes bytes)  // NOLINT(google-explicit-constructor): bytes are what a constant is
      : own_(bytes.empty() ? nullptr : std::make_shared<Bytes>(std::move(bytes))) {}
  /// A piece of `file`, which stays mapped as long as this or a copy lives.
  ConstantData(std::shared_ptr<const void> file, std::span<const std::byte> piece)
      : file_(std::move(file)), piece_(piece) {}

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return own_ ? std::span(*own_) : piece_; }
  operator std::span<const std::byte>() const noexcept { return bytes(); }  // NOLINT(google-explicit-constructor)
  [[nodiscard]] std::size_t size() const noexcept { return bytes().size(); }
  [[nodiscard]] bool empty() const noexcept { return bytes().empty(); }

  /// For writing; no other copy sees it.
  [[nodiscard]] Bytes& own();
  /// Gives back the memory of a mapped piece that has been read through; reading on brings it in again.
  void release() const noexcept;

  /// Of what they hold.
  bool operator==(const ConstantData& other) const noexcept;

 private:
  std::shared_ptr<Bytes> own_;        ///< null: piece_, which may be empty
  std::shared_ptr<const void> file_;  ///< keeps piece_ mapped
  std::span<const std::byte> piece_;
};

}  // namespace qbench::models
