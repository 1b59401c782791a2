// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"

namespace qbench::models {

/// The float32 graph with each layer's weights rounded to at most `levels` evenly spaced values, symmetric about 0 (so
/// that an even number gives one fewer). The file keeps its size and its speed; only the compressed size shrinks.
/// Throws Error(kUsage) below 3 levels.
[[nodiscard]] Graph round_weights(const Graph& graph, int levels);

}  // namespace qbench::models
