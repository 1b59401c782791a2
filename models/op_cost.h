// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/graph.h"

namespace qbench::models {

/// Where an op with weights has its operands.
struct WeightedOperands {
  int data = kNoTensor;
  int weights = kNoTensor;
  int bias = kNoTensor;
  /// The stored constant behind the weights: themselves, or what a DEQUANTIZE unpacks; kNoTensor when computed.
  int stored_weights = kNoTensor;
  int stored_bias = kNoTensor;
};

/// CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED.
[[nodiscard]] bool has_weights(Op op) noexcept;

/// The operands of such an op; for any other op everything is kNoTensor.
[[nodiscard]] WeightedOperands weighted_operands(const Graph& graph, const GraphIndex& index, const Operator& op);

/// Multiply-accumulates for one run at the declared batch: output elements x window x input channels (convolution,
/// fully connected), x window (depthwise), input elements x window x output channels (transposed), rows x columns x
/// depth (batch matrix product). 0 for other ops.
[[nodiscard]] std::int64_t multiply_accumulates(const Graph& graph, const Operator& op);

}  // namespace qbench::models
