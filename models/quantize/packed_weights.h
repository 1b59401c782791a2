// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/graph.h"
#include "models/quantize/quantize_weights.h"

namespace qbench::models {

/// An op with weights whose weights are a float32 constant of at least `smallest` elements.
[[nodiscard]] bool has_float_weights(const Graph& graph, const Operator& op, std::int64_t smallest = 1);

/// Adds an int8 copy of a float constant, with a scale for each index of `axis` or one for all; returns its index.
int add_packed_weights(Graph& graph, int weights, int axis, bool per_channel);

}  // namespace qbench::models
