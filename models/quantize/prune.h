// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"

namespace qbench::models {

/// The float32 graph with the smallest weights of each layer set to 0: the share `sparsity` (0 <= sparsity < 1) of
/// every convolution and fully connected layer, by magnitude. The file keeps its size and its speed; only the
/// compressed size shrinks. No retraining. Throws Error(kUsage) for a sparsity out of range.
[[nodiscard]] Graph prune(const Graph& graph, double sparsity);

}  // namespace qbench::models
