// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace qbench::models {

/// Operator codes by their number in the file. Only those that qbench treats by name are listed; any other number is
/// a valid value too and keeps its meaning through read and write.
enum class Op : std::int32_t {
  kAdd = 0,
  kAveragePool2D = 1,
  kConcatenation = 2,
  kConv2D = 3,
  kDepthwiseConv2D = 4,
  kDepthToSpace = 5,
  kDequantize = 6,
  kFullyConnected = 9,
  kL2Normalization = 11,
  kLocalResponseNormalization = 13,
  kLogistic = 14,
  kMaxPool2D = 17,
  kMul = 18,
  kRelu = 19,
  kReluN1To1 = 20,
  kRelu6 = 21,
  kReshape = 22,
  kResizeBilinear = 23,
  kSoftmax = 25,
  kSpaceToDepth = 26,
  kTanh = 28,
  kCall = 31,
  kCustom = 32,
  kPad = 34,
  kGather = 36,
  kTranspose = 39,
  kMean = 40,
  kSub = 41,
  kDiv = 42,
  kSqueeze = 43,
  kStridedSlice = 45,
  kExp = 47,
  kSplit = 49,
  kLogSoftmax = 50,
  kCast = 53,
  kPrelu = 54,
  kMaximum = 55,
  kArgMax = 56,
  kMinimum = 57,
  kNeg = 59,
  kPadV2 = 60,
  kSlice = 65,
  kTransposeConv = 67,
  kExpandDims = 70,
  kSum = 74,
  kSqrt = 75,
  kRsqrt = 76,
  kShape = 77,
  kFakeQuant = 80,
  kReduceProd = 81,
  kReduceMax = 82,
  kPack = 83,
  kUnpack = 88,
  kReduceMin = 89,
  kSquare = 92,
  kFill = 94,
  kResizeNearestNeighbor = 97,
  kLeakyRelu = 98,
  kSquaredDifference = 99,
  kMirrorPad = 100,
  kAbs = 101,
  kSplitV = 102,
  kElu = 111,
  kQuantize = 114,
  kHardSwish = 117,
  kIf = 118,
  kWhile = 119,
  kBatchMatMul = 126,
  kCallOnce = 129,
  kBroadcastTo = 130,
  kGelu = 150,
};

/// "CONV_2D"; "OP_<number>" for a code without a known name.
[[nodiscard]] std::string op_name(Op op);

/// The highest version of `op` that the TensorFlow Lite 2.9 runtime resolves (measured); 0 when it has no kernel at all
/// and -1 when no figure is known.
[[nodiscard]] int max_version_2_9(Op op);

/// CALL, CALL_ONCE, IF or WHILE: an op that runs another subgraph.
[[nodiscard]] bool is_control_flow(Op op);

}  // namespace qbench::models
