// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"

namespace qbench::testing {

// What the 2.9 runtime reads wrongly or slowly, as small graphs.

/// int8 [1,12] -> FULLY_CONNECTED with 5 scales that differ by a factor of ten -> int8 [1,5] 'scores'.
[[nodiscard]] models::Graph per_channel_product();
/// The same in int16 with an int64 bias, or, `hybrid`, in float with int8 weights.
[[nodiscard]] models::Graph per_channel_product_int16();
[[nodiscard]] models::Graph per_channel_product_hybrid();

/// Float [1,8,8,3] -> conv -> max pool -> RESHAPE to PACK(SHAPE[0], 16) -> fully connected -> softmax [1,3].
[[nodiscard]] models::Graph dynamic_flatten();

/// int8 [1,3,3,2] -> CONV_2D 1x1, 3 scales, 'bias' -> int8 [1,3,3,3] 'y'.
[[nodiscard]] models::Graph per_channel_convolution();

/// A sound int8 graph whose last FULLY_CONNECTED becomes one with a scale for each unit: unit 1 holds few large steps
/// where its scale was fine, so that its score all but vanishes when the first scale is read for all.
[[nodiscard]] models::Graph with_per_channel_scores(models::Graph graph);

/// Float [1,4,4,4] -> DEPTHWISE_CONV_2D 3x3, int8 weights with this many scales -> [1,4,4,4].
[[nodiscard]] models::Graph hybrid_depthwise(int scales);

/// As converters leave it: SHAPE -> STRIDED_SLICE -> PACK -> the shape of a RESHAPE of `data` to [1, rest].
class GraphBuilder;
[[nodiscard]] int add_dynamic_flatten(GraphBuilder& builder, int data, int rest);

}  // namespace qbench::testing
