// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "models/quantize/affine.h"

namespace qbench::models {

/// What calibration has seen of the tensors of a float graph, by tensor index. Empty where nothing is known (constants,
/// integers).
struct ActivationStatistics {
  std::vector<std::optional<Range>> ranges;
  std::vector<std::vector<float>> channel_means;  ///< over everything but the last dimension; empty: not measured
};

}  // namespace qbench::models
