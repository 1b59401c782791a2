// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"
#include "models/quantize/stored_weights.h"

namespace qbench::models {

/// The float32 graph with int8 weights of at least 1024 elements in CONV_2D and DEPTHWISE_CONV_2D (a scale for each
/// channel) and FULLY_CONNECTED (one scale, which is all that the 2.9 kernels read): the kernels quantize the float
/// activations on the fly. TRANSPOSE_CONV has no such kernel and unpacks its int8 weights by a DEQUANTIZE. Biases stay
/// float32 (see StoredWeightOptions).
[[nodiscard]] Graph dynamic_range(const Graph& graph, const StoredWeightOptions& options = {});

}  // namespace qbench::models
