// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace qbench::metrics {

/// Draws that are the same with every compiler and standard library for the same seed: std::mt19937_64 is specified to
/// the bit, the standard's distributions are not. Not thread-safe; one per task.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Uniform on 0 .. bound-1, without bias: draws from the uneven rest are drawn again. bound > 0.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);
  /// Uniform on [0, 1) in steps of 2^-53.
  [[nodiscard]] double unit();
  /// A fair coin.
  [[nodiscard]] bool coin() { return below(2) == 1; }
  /// Number of successes in `trials` with chance `p` in [0, 1] each: inversion outwards from the mode, about
  /// sqrt(trials p (1-p)) steps.
  [[nodiscard]] std::size_t binomial(std::size_t trials, double p);

 private:
  std::mt19937_64 engine_;
};

}  // namespace qbench::metrics
