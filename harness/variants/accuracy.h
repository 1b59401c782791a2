// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "harness/engine/progress.h"
#include "harness/variants/image_set.h"
#include "harness/variants/model_session.h"

namespace qbench::variants {

struct Accuracy {
  std::vector<std::uint8_t> is_right;  ///< of each image: 1 where the highest score is at its label
  std::size_t not_finite = 0;          ///< images with a score that is no number; they count as wrong
  double milliseconds = 0.0;  ///< mean of one image, with all children running at once: a hint, not a measurement

  [[nodiscard]] std::size_t images() const noexcept { return is_right.size(); }
  [[nodiscard]] std::size_t right() const noexcept;
};

/// Runs a model over all images. Counts as a run does (Prediction::correct()): the first of equal scores, and wrong
/// where a score is not finite.
[[nodiscard]] Accuracy measure_accuracy(std::span<const std::byte> model, const ImageSet& images,
                                        const Execution& execution, engine::Progress& progress, std::string_view phase);

}  // namespace qbench::variants
