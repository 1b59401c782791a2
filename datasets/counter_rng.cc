// SPDX-License-Identifier: Apache-2.0
#include "datasets/counter_rng.h"

namespace qbench::datasets {

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) noexcept {
  constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
  constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
  constexpr std::array<std::uint32_t, 2> kKeyStep{0x9E3779B9, 0xBB67AE85};
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kMultiplier0 * counter[0];
    const std::uint64_t product1 = kMultiplier1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key = {key[0] + kKeyStep[0], key[1] + kKeyStep[1]};
  }
  return counter;
}

CounterRng::CounterRng(std::uint64_t seed, std::uint64_t index, std::uint32_t stream) noexcept
    : counter_{0, stream, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)},
      key_{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)} {}

std::uint32_t CounterRng::next() noexcept {
  if (used_ == block_.size()) {
    block_ = philox4x32(counter_, key_);
    ++counter_[0];
    used_ = 0;
  }
  return block_[used_++];
}

double CounterRng::uniform(double low, double high) noexcept {
  constexpr double kStep = 1.0 / 4294967296.0;
  return low + (high - low) * (next() * kStep);
}

int CounterRng::below(int count) noexcept {
  return static_cast<int>((static_cast<std::uint64_t>(next()) * static_cast<std::uint64_t>(count)) >> 32);
}

double CounterRng::roughly_normal() noexcept {
  const std::uint32_t word = next();
  const int sum = static_cast<int>((word & 255) + ((word >> 8) & 255) + ((word >> 16) & 255) + (word >> 24));
  constexpr double kMean = 4 * 127.5;
  constexpr double kDeviation = 147.79942;  // sqrt(4 * (256^2 - 1) / 12)
  return (sum - kMean) / kDeviation;
}

}  // namespace qbench::datasets
