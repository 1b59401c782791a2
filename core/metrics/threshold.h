// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace qbench::metrics {

/// What a model of two classes said of one image.
struct TwoClassAnswer {
  float second = 0.0F;     ///< probability of the second class; finite
  bool is_second = false;  ///< the truth
};

struct ThresholdChoice {
  double threshold = 0.5;   ///< the second class is predicted above it
  std::size_t correct = 0;  ///< images that are right with it
};

/// The threshold that is right for most of these answers: 0.5 where that is one of the best, else the middle between
/// the two scores beside it, and of several the one nearest 0.5. It fits these images; on others it may do worse.
[[nodiscard]] ThresholdChoice best_threshold(std::vector<TwoClassAnswer> answers);

}  // namespace qbench::metrics
