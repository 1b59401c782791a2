// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace qbench {

/// What a model said about one image: fixed size, because a run keeps one for every image and cell.
/// Class indices are dataset classes (after the label offset); -1 is an output that is no class of the dataset.
struct Prediction {
  static constexpr std::size_t kTopK = 5;

  std::uint32_t sample = 0;  ///< index in the dataset
  std::int32_t label = 0;
  bool finite = true;                         ///< false: the scores held NaN or Inf; counted as wrong
  std::uint8_t count = 0;                     ///< entries used below: min(5, outputs)
  std::array<std::int32_t, kTopK> classes{};  ///< best first; ties go to the lowest output index
  std::array<float, kTopK> scores{};          ///< of these classes, dequantized

  [[nodiscard]] std::int32_t top1() const noexcept { return count == 0 ? -1 : classes[0]; }
  [[nodiscard]] bool correct() const noexcept { return finite && top1() == label; }
};

}  // namespace qbench
