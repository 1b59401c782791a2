// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/quantize/affine.h"

namespace qbench::models {

/// Counts of a tensor's values in equally wide bins over the whole measured range.
struct Histogram {
  Range range;
  std::vector<std::uint64_t> counts;

  /// An empty one. A range without width gives a single bin.
  [[nodiscard]] static Histogram over(const Range& range, std::size_t bins);
  void add(float value) noexcept;
  void add(const Histogram& other);  ///< of the same range and bins
  [[nodiscard]] std::uint64_t total() const noexcept;
};

/// The range that leaves out the share (100 - percent) / 100 of the values at either end.
[[nodiscard]] Range percentile_range(const Histogram& histogram, double percent);

/// The range, from 0.3 to 1 times the measured one in steps of 0.01, with the smallest mean squared error after
/// quantizing and clipping.
[[nodiscard]] Range least_error_range(const Histogram& histogram, ActivationType type);

}  // namespace qbench::models
