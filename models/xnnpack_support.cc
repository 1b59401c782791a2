// SPDX-License-Identifier: Apache-2.0
#include "models/xnnpack_support.h"

#include <algorithm>
#include <array>

#include "models/op_cost.h"

namespace qbench::models {
namespace {

constexpr Op kFloor = static_cast<Op>(8);
constexpr Op kCeil = static_cast<Op>(104);
constexpr Op kRound = static_cast<Op>(116);

constexpr std::array kFloatOps = {
    Op::kConv2D,
    Op::kDepthwiseConv2D,
    Op::kFullyConnected,
    Op::kTransposeConv,
    Op::kAveragePool2D,
    Op::kMaxPool2D,
    Op::kAdd,
    Op::kSub,
    Op::kMul,
    Op::kDiv,
    Op::kMaximum,
    Op::kMinimum,
    Op::kMean,
    Op::kSquaredDifference,
    Op::kRelu,
    Op::kRelu6,
    Op::kReluN1To1,
    Op::kLogistic,
    Op::kElu,
    Op::kHardSwish,
    Op::kAbs,
    Op::kNeg,
    Op::kSqrt,
    Op::kSquare,
    Op::kLeakyRelu,
    Op::kSoftmax,
    Op::kPrelu,
    Op::kReshape,
    Op::kPad,
    Op::kResizeBilinear,
    Op::kDepthToSpace,
    kFloor,
    kCeil,
    kRound,
};

constexpr std::array kInt8Ops = {
    Op::kConv2D,
    Op::kDepthwiseConv2D,
    Op::kFullyConnected,
    Op::kMaxPool2D,
    Op::kAdd,
    Op::kSub,
    Op::kMul,
    Op::kLogistic,
    Op::kElu,
    Op::kPad,
    Op::kMean,
    Op::kResizeBilinear,
};

template <typename List>
bool contains(const List& list, Op op) {
  return std::find(list.begin(), list.end(), op) != list.end();
}

bool takes(const Graph& graph, const GraphIndex& index, const Operator& op) {
  const WeightedOperands weighted = weighted_operands(graph, index, op);
  const int data = weighted.data != kNoTensor ? weighted.data : input_of(op, 0);
  if (data == kNoTensor || op.outputs.empty()) {
    return false;
  }
  const TensorType type = graph.tensors[static_cast<std::size_t>(data)].type;
  const TensorType result = graph.tensors[static_cast<std::size_t>(op.outputs[0])].type;
  if (op.op == Op::kQuantize) {
    return type == TensorType::kFloat32 && result == TensorType::kInt8;
  }
  if (op.op == Op::kDequantize) {
    return type == TensorType::kInt8 || (type == TensorType::kFloat16 && is_constant(graph, data));
  }
  const bool hybrid = weighted.weights != kNoTensor && type == TensorType::kFloat32 &&
                      graph.tensors[static_cast<std::size_t>(weighted.weights)].type != TensorType::kFloat32;
  return (type == TensorType::kFloat32 && !hybrid && contains(kFloatOps, op.op)) ||
         (type == TensorType::kInt8 && contains(kInt8Ops, op.op));
}

}  // namespace

std::vector<std::size_t> left_by_xnnpack(const Graph& graph) {
  const GraphIndex index(graph);
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    if (!takes(graph, index, graph.operators[i])) {
      left.push_back(i);
    }
  }
  return left;
}

}  // namespace qbench::models
