// SPDX-License-Identifier: Apache-2.0
#include "models/op_cost.h"

namespace qbench::models {
namespace {

/// The constant that a tensor is, or that the DEQUANTIZE producing it unpacks.
int stored_constant(const Graph& graph, const GraphIndex& index, int tensor) {
  if (tensor == kNoTensor || is_constant(graph, tensor)) {
    return tensor;
  }
  const int producer = index.producer[static_cast<std::size_t>(tensor)];
  if (producer < 0 || graph.operators[static_cast<std::size_t>(producer)].op != Op::kDequantize) {
    return kNoTensor;
  }
  const int source = input_of(graph.operators[static_cast<std::size_t>(producer)], 0);
  return is_constant(graph, source) ? source : kNoTensor;
}

const std::vector<int>& shape_of(const Graph& graph, int tensor) {
  return graph.tensors[static_cast<std::size_t>(tensor)].shape;
}

/// Elements of a tensor times the cells of a window. Both are at most 2^31, or element_count() throws.
std::int64_t window_product(const Graph& graph, int tensor, const std::vector<int>& window) {
  return element_count(shape_of(graph, tensor)) * element_count(window);
}

}  // namespace

bool has_weights(Op op) noexcept {
  return op == Op::kConv2D || op == Op::kDepthwiseConv2D || op == Op::kTransposeConv || op == Op::kFullyConnected;
}

WeightedOperands weighted_operands(const Graph& graph, const GraphIndex& index, const Operator& op) {
  WeightedOperands operands;
  if (!has_weights(op.op)) {
    return operands;
  }
  const bool transposed = op.op == Op::kTransposeConv;
  operands.data = input_of(op, transposed ? 2 : 0);
  operands.weights = input_of(op, 1);
  operands.bias = input_of(op, transposed ? 3 : 2);
  operands.stored_weights = stored_constant(graph, index, operands.weights);
  operands.stored_bias = stored_constant(graph, index, operands.bias);
  return operands;
}

std::int64_t multiply_accumulates(const Graph& graph, const Operator& op) {
  const int weights = input_of(op, 1);
  if (input_of(op, 0) == kNoTensor || weights == kNoTensor || op.outputs.empty()) {
    return 0;  // a graph that the validator has not seen
  }
  const std::vector<int>& window = shape_of(graph, weights);
  const int output = op.outputs[0];
  switch (op.op) {
    case Op::kConv2D:
      return window.size() == 4 ? window_product(graph, output, {window[1], window[2], window[3]}) : 0;
    case Op::kDepthwiseConv2D:
      return window.size() == 4 ? window_product(graph, output, {window[1], window[2]}) : 0;
    case Op::kFullyConnected:
      return window.size() == 2 ? window_product(graph, output, {window[1]}) : 0;
    case Op::kTransposeConv:
      return window.size() == 4 && input_of(op, 2) != kNoTensor
                 ? window_product(graph, op.inputs[2], {window[1], window[2], window[0]})
                 : 0;
    case Op::kBatchMatMul: {
      const auto* options = std::get_if<BatchMatMulOptions>(&op.options);
      const std::vector<int>& left = shape_of(graph, op.inputs[0]);
      if (left.size() < 2) {
        return 0;
      }
      const bool transposed = options != nullptr && options->adj_x;
      return window_product(graph, output, {transposed ? left[left.size() - 2] : left.back()});
    }
    default:
      return 0;
  }
}

}  // namespace qbench::models
