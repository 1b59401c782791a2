// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qbench {

/// What a model said about one image; class indices are after the label offset, -1 = an output that is no class.
struct Prediction {
  std::int64_t sample = 0;  ///< index in the dataset
  std::int32_t label = 0;
  bool finite = true;                 ///< false: the scores held NaN or Inf; counted as wrong
  std::vector<std::int32_t> classes;  ///< top-k, best first; ties go to the lowest index
  std::vector<float> scores;          ///< of these classes, dequantized

  [[nodiscard]] std::int32_t top1() const noexcept { return classes.empty() ? -1 : classes.front(); }
  [[nodiscard]] bool correct() const noexcept { return finite && top1() == label; }
};

}  // namespace qbench
