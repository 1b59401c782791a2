// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// Tensors that hold computed activations of a number type a runner can read (float32, int8, uint8, int16): every
/// operator's result, without what is computed from constants only (unpacked weights), in execution order.
[[nodiscard]] std::vector<int> activation_tensors(const Graph& graph);

/// The graph with exactly these tensors as outputs, in this order. Signatures, which would not fit any more, are
/// dropped. The runtime then cannot reuse the memory of any of them.
[[nodiscard]] Graph expose_activations(const Graph& graph, const std::vector<int>& tensors);

}  // namespace qbench::models
