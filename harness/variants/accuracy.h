// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "harness/engine/progress.h"
#include "harness/variants/image_set.h"
#include "harness/variants/model_session.h"

namespace qbench::variants {

struct Accuracy {
  std::size_t right = 0;  ///< images whose highest score is at their label
  std::size_t images = 0;
  double milliseconds = 0.0;  ///< mean of one image, with all children running at once: a hint, not a measurement

  [[nodiscard]] double percent() const noexcept {
    return images > 0 ? 100.0 * static_cast<double>(right) / static_cast<double>(images) : 0.0;
  }
};

/// Runs a model over all images. The first of equal scores counts.
[[nodiscard]] Accuracy measure_accuracy(std::span<const std::byte> model, const ImageSet& images,
                                        const Execution& execution, engine::Progress& progress, std::string_view phase);

}  // namespace qbench::variants
