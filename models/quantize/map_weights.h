// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// The graph with `change` applied to the float32 weights of each convolution and fully connected layer, once for each
/// constant. `change` must keep the number of values.
[[nodiscard]] Graph map_weights(const Graph& graph, const std::function<void(std::vector<float>&)>& change);

}  // namespace qbench::models
