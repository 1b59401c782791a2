// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/integer_ops.h"

#include <algorithm>
#include <array>

#include "models/op_cost.h"

namespace qbench::models {
namespace {

constexpr float kByteScale = 1.0F / 256.0F;
constexpr float kInt16Scale = 1.0F / 32768.0F;
constexpr AffineParams kProbability8{kByteScale, -128};
constexpr AffineParams kSigned8{1.0F / 128.0F, 0};
constexpr AffineParams kUnit16{kInt16Scale, 0};

constexpr std::array kOps = {
    IntegerOp{Op::kConv2D, ScaleRule::kFree, 3, 4},
    IntegerOp{Op::kDepthwiseConv2D, ScaleRule::kFree, 3, 5},
    IntegerOp{Op::kTransposeConv, ScaleRule::kFree, 3, 3},
    IntegerOp{Op::kFullyConnected, ScaleRule::kFree, 4, 7},
    IntegerOp{Op::kAdd, ScaleRule::kFree, 2, 3},
    IntegerOp{Op::kSub, ScaleRule::kFree, 2, 5},
    IntegerOp{Op::kMul, ScaleRule::kFree, 2, 4},
    IntegerOp{Op::kMean, ScaleRule::kFree, 2, 3},
    IntegerOp{Op::kRelu, ScaleRule::kFree, 2, 3},
    IntegerOp{Op::kRelu6, ScaleRule::kFree, 2, 3},
    IntegerOp{Op::kReluN1To1, ScaleRule::kFree, 1, 0},
    IntegerOp{Op::kLeakyRelu, ScaleRule::kFree, 1, 2},
    IntegerOp{Op::kPrelu, ScaleRule::kFree, 1, 0},
    IntegerOp{Op::kHardSwish, ScaleRule::kFree, 1, 0},
    IntegerOp{Op::kGelu, ScaleRule::kFree, 2, 0},
    IntegerOp{Op::kElu, ScaleRule::kFree, 1, 0},
    IntegerOp{Op::kAbs, ScaleRule::kFree, 2, 3},
    IntegerOp{Op::kSquaredDifference, ScaleRule::kFree, 2, 0},
    IntegerOp{Op::kTanh, ScaleRule::kFixed, 2, 3, kSigned8, kUnit16},
    IntegerOp{Op::kLogistic, ScaleRule::kFixed, 2, 3, kProbability8, kUnit16},
    IntegerOp{Op::kSoftmax, ScaleRule::kFixed, 2, 3, kProbability8, kUnit16},
    IntegerOp{Op::kLogSoftmax, ScaleRule::kFixed, 2, 0, {16.0F / 256.0F, 127}, {}},
    IntegerOp{Op::kL2Normalization, ScaleRule::kFixed, 2, 0, kSigned8, {}},
    IntegerOp{Op::kConcatenation, ScaleRule::kJoined, 2, 3},
    IntegerOp{Op::kPack, ScaleRule::kJoined, 2, 3},
    IntegerOp{Op::kMaximum, ScaleRule::kJoined, 2, 4},
    IntegerOp{Op::kMinimum, ScaleRule::kJoined, 2, 4},
    IntegerOp{Op::kReduceMax, ScaleRule::kSame, 2, 3},
    IntegerOp{Op::kReduceMin, ScaleRule::kSame, 2, 3},
    IntegerOp{Op::kAveragePool2D, ScaleRule::kSame, 2, 3},
    IntegerOp{Op::kMaxPool2D, ScaleRule::kSame, 2, 3},
    IntegerOp{Op::kReshape, ScaleRule::kSame, 1, 1},
    IntegerOp{Op::kSqueeze, ScaleRule::kSame, 1, 1},
    IntegerOp{Op::kExpandDims, ScaleRule::kSame, 1, 1},
    IntegerOp{Op::kTranspose, ScaleRule::kSame, 2, 5},
    IntegerOp{Op::kPad, ScaleRule::kSame, 2, 3},
    IntegerOp{Op::kPadV2, ScaleRule::kSame, 2, 3},
    IntegerOp{Op::kSlice, ScaleRule::kSame, 2, 4},
    IntegerOp{Op::kStridedSlice, ScaleRule::kSame, 2, 4},
    IntegerOp{Op::kGather, ScaleRule::kSame, 2, 4},
    IntegerOp{Op::kSplit, ScaleRule::kSame, 2, 4},
    IntegerOp{Op::kSplitV, ScaleRule::kSame, 2, 2},
    IntegerOp{Op::kUnpack, ScaleRule::kSame, 2, 4},
    IntegerOp{Op::kResizeBilinear, ScaleRule::kSame, 2, 4},
    IntegerOp{Op::kResizeNearestNeighbor, ScaleRule::kSame, 2, 4},
    IntegerOp{Op::kMirrorPad, ScaleRule::kSame, 2, 0},
    IntegerOp{Op::kSpaceToDepth, ScaleRule::kSame, 2, 0},
    IntegerOp{Op::kDepthToSpace, ScaleRule::kSame, 2, 0},
    IntegerOp{Op::kArgMax, ScaleRule::kIndex, 2, 0},
};

float scale_of(const Graph& graph, int tensor) {
  const std::vector<float>& scales = graph.tensors[static_cast<std::size_t>(tensor)].quantization.scales;
  return scales.empty() ? 1.0F : scales[0];
}

bool has_half_pixels(const Operator& op) {
  if (const auto* bilinear = std::get_if<ResizeBilinearOptions>(&op.options)) {
    return bilinear->half_pixel_centers;
  }
  const auto* nearest = std::get_if<ResizeNearestNeighborOptions>(&op.options);
  return nearest != nullptr && nearest->half_pixel_centers;
}

}  // namespace

const IntegerOp* integer_op(Op op, ActivationType type) noexcept {
  const auto* entry = std::find_if(kOps.begin(), kOps.end(), [op](const IntegerOp& each) { return each.op == op; });
  const bool known = entry != kOps.end() && (type == ActivationType::kInt8 || entry->int16_version > 0);
  return known ? entry : nullptr;
}

int integer_version(const Graph& graph, const Operator& op, const IntegerOp& entry, ActivationType type) {
  int version = type == ActivationType::kInt8 ? entry.int8_version : entry.int16_version;
  const bool int8 = type == ActivationType::kInt8;
  if (int8 && op.op == Op::kMul &&
      scale_of(graph, op.inputs[0]) * scale_of(graph, op.inputs[1]) >= scale_of(graph, op.outputs[0])) {
    version = 3;
  }
  if (int8 && has_half_pixels(op)) {
    version = 3;
  }
  const auto* fully_connected = std::get_if<FullyConnectedOptions>(&op.options);
  if (fully_connected != nullptr && fully_connected->keep_num_dims) {
    version = std::max(version, 5);
  }
  return version;
}

std::vector<std::size_t> activation_operands(const Graph& graph, const Operator& op) {
  std::vector<std::size_t> positions;
  const bool weighted = has_weights(op.op);
  const std::size_t data = op.op == Op::kTransposeConv ? 2 : 0;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const bool is_float =
        op.inputs[i] != kNoTensor && graph.tensors[static_cast<std::size_t>(op.inputs[i])].type == TensorType::kFloat32;
    if (is_float && (!weighted || i == data)) {
      positions.push_back(i);
    }
  }
  return positions;
}

}  // namespace qbench::models
