// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/round_weights.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "models/quantize/map_weights.h"

namespace qbench::models {

Graph round_weights(const Graph& graph, int levels) {
  if (levels < 3) {
    throw Error(ErrorCode::kUsage, "{} levels are too few to hold a weight's sign; give 3 or more", levels);
  }
  const auto steps_each_side = static_cast<float>((levels - 1) / 2);
  return map_weights(graph, [steps_each_side](std::vector<float>& values) {
    float largest = 0.0F;
    for (float value : values) {
      largest = std::max(largest, std::abs(value));
    }
    const float step = largest / steps_each_side;
    if (!std::isnormal(step)) {
      return;
    }
    for (float& value : values) {
      value = std::round(value / step) * step;
    }
  });
}

}  // namespace qbench::models
