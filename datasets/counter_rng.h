// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace qbench::datasets {

/// A counter-based random generator: Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011). The key is the seed, the counter is (block, stream, index): every draw of every (seed, index,
/// stream) is a different counter or key of one fixed function, so streams never overlap and image 1,000,000 costs no
/// more than image 0. Same numbers with every compiler and library, unlike the std distributions. Not for secrets.
class CounterRng {
 public:
  CounterRng(std::uint64_t seed, std::uint64_t index, std::uint32_t stream) noexcept;

  /// Uniform over all 32-bit values.
  [[nodiscard]] std::uint32_t next() noexcept;
  /// Uniform in [low, high), in steps of (high - low) / 2^32.
  [[nodiscard]] double uniform(double low, double high) noexcept;
  /// Uniform integer in [0, count); count > 0. The bias is below count / 2^32.
  [[nodiscard]] int below(int count) noexcept;
  /// True with the given probability.
  [[nodiscard]] bool chance(double probability) noexcept { return uniform(0.0, 1.0) < probability; }
  /// About normal with mean 0 and standard deviation 1: the sum of four uniform bytes, bounded by 3.45.
  [[nodiscard]] double roughly_normal() noexcept;

 private:
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> block_{};
  unsigned used_ = 4;  ///< words of block_ already given out
};

/// One block of Philox4x32-10: ten rounds over the counter under the key.
[[nodiscard]] std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                                      std::array<std::uint32_t, 2> key) noexcept;

}  // namespace qbench::datasets
