// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/packed_weights.h"

#include <utility>

#include "models/op_cost.h"

namespace qbench::models {

bool has_float_weights(const Graph& graph, const Operator& op, std::int64_t smallest) {
  const int weights = input_of(op, 1);
  return has_weights(op.op) && is_constant(graph, weights) &&
         graph.tensors[static_cast<std::size_t>(weights)].type == TensorType::kFloat32 &&
         element_count(graph.tensors[static_cast<std::size_t>(weights)].shape) >= smallest;
}

int add_packed_weights(Graph& graph, int weights, int axis, bool per_channel) {
  const Tensor like = graph.tensors[static_cast<std::size_t>(weights)];
  const ChannelLayout layout = per_channel ? ChannelLayout::along(like.shape, axis) : ChannelLayout::whole(like.shape);
  const std::vector<float> values = constant_floats(graph, weights);
  std::vector<float> scales = weight_scales(values, layout);
  const std::vector<std::int8_t> packed = quantize_weights(values, layout, scales);
  return add_int8_weights(graph, like, std::move(scales), axis, packed);
}

}  // namespace qbench::models
