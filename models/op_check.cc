// SPDX-License-Identifier: Apache-2.0
#include "models/op_check.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace qbench::models {
namespace {

/// Of axes, shapes, paddings: they are looked at as wide numbers, eight bytes for each of the file.
constexpr std::size_t kMostListBytes = std::size_t{1} << 20;

constexpr std::array kRules = {
    OpRule{Op::kConv2D, 3, 3, 1, check_conv_2d},
    OpRule{Op::kDepthwiseConv2D, 3, 3, 1, check_depthwise_conv_2d},
    OpRule{Op::kTransposeConv, 3, 4, 1, check_transpose_conv},
    OpRule{Op::kAveragePool2D, 1, 1, 1, check_pool_2d},
    OpRule{Op::kMaxPool2D, 1, 1, 1, check_pool_2d},
    OpRule{Op::kFullyConnected, 2, 3, 1, check_fully_connected},
    OpRule{Op::kBatchMatMul, 2, 2, 1, check_batch_matmul},
    OpRule{Op::kAdd, 2, 2, 1, check_binary},
    OpRule{Op::kSub, 2, 2, 1, check_binary},
    OpRule{Op::kMul, 2, 2, 1, check_binary},
    OpRule{Op::kDiv, 2, 2, 1, check_binary},
    OpRule{Op::kMaximum, 2, 2, 1, check_binary},
    OpRule{Op::kMinimum, 2, 2, 1, check_binary},
    OpRule{Op::kSquaredDifference, 2, 2, 1, check_binary},
    OpRule{Op::kRelu, 1, 1, 1, check_unary},
    OpRule{Op::kRelu6, 1, 1, 1, check_unary},
    OpRule{Op::kReluN1To1, 1, 1, 1, check_unary},
    OpRule{Op::kLogistic, 1, 1, 1, check_unary},
    OpRule{Op::kTanh, 1, 1, 1, check_unary},
    OpRule{Op::kElu, 1, 1, 1, check_unary},
    OpRule{Op::kHardSwish, 1, 1, 1, check_unary},
    OpRule{Op::kGelu, 1, 1, 1, check_unary},
    OpRule{Op::kAbs, 1, 1, 1, check_unary},
    OpRule{Op::kRsqrt, 1, 1, 1, check_unary},
    OpRule{Op::kExp, 1, 1, 1, check_float_unary},
    OpRule{Op::kNeg, 1, 1, 1, check_float_unary},
    OpRule{Op::kSqrt, 1, 1, 1, check_float_unary},
    OpRule{Op::kSquare, 1, 1, 1, check_float_unary},
    OpRule{Op::kLeakyRelu, 1, 1, 1, check_leaky_relu},
    OpRule{Op::kPrelu, 2, 2, 1, check_prelu},
    OpRule{Op::kSoftmax, 1, 1, 1, check_softmax},
    OpRule{Op::kLogSoftmax, 1, 1, 1, check_unary},
    OpRule{Op::kLocalResponseNormalization, 1, 1, 1, check_lrn},
    OpRule{Op::kL2Normalization, 1, 1, 1, check_l2_norm},
    OpRule{Op::kQuantize, 1, 1, 1, check_quantize},
    OpRule{Op::kDequantize, 1, 1, 1, check_dequantize},
    OpRule{Op::kCast, 1, 1, 1, check_cast},
    OpRule{Op::kFakeQuant, 1, 1, 1, check_fake_quant},
    OpRule{Op::kReshape, 1, 2, 1, check_reshape},
    OpRule{Op::kSqueeze, 1, 1, 1, check_squeeze},
    OpRule{Op::kExpandDims, 2, 2, 1, check_expand_dims},
    OpRule{Op::kConcatenation, 1, -1, 1, check_concatenation},
    OpRule{Op::kPad, 2, 2, 1, check_pad},
    OpRule{Op::kPadV2, 3, 3, 1, check_pad},
    OpRule{Op::kMirrorPad, 2, 2, 1, check_mirror_pad},
    OpRule{Op::kMean, 2, 2, 1, check_reduce},
    OpRule{Op::kSum, 2, 2, 1, check_reduce},
    OpRule{Op::kReduceMax, 2, 2, 1, check_reduce},
    OpRule{Op::kReduceMin, 2, 2, 1, check_reduce},
    OpRule{Op::kReduceProd, 2, 2, 1, check_reduce},
    OpRule{Op::kArgMax, 2, 2, 1, check_arg_max},
    OpRule{Op::kResizeBilinear, 2, 2, 1, check_resize},
    OpRule{Op::kResizeNearestNeighbor, 2, 2, 1, check_resize},
    OpRule{Op::kTranspose, 2, 2, 1, check_transpose},
    OpRule{Op::kSlice, 3, 3, 1, check_slice},
    OpRule{Op::kStridedSlice, 4, 4, 1, check_strided_slice},
    OpRule{Op::kSplit, 2, 2, -1, check_split},
    OpRule{Op::kSplitV, 3, 3, -1, check_split_v},
    OpRule{Op::kPack, 1, -1, 1, check_pack},
    OpRule{Op::kUnpack, 1, 1, -1, check_unpack},
    OpRule{Op::kGather, 2, 2, 1, check_gather},
    OpRule{Op::kSpaceToDepth, 1, 1, 1, check_space_to_depth},
    OpRule{Op::kDepthToSpace, 1, 1, 1, check_depth_to_space},
    OpRule{Op::kShape, 1, 1, 1, check_shape},
};

/// Whether an integer means the same in both, up to what rounding hides: scales come from float arithmetic.
bool same_within_half_a_step(const Tensor& a, const Tensor& b) {
  const TensorQuantization& left = a.quantization;
  const TensorQuantization& right = b.quantization;
  const auto zero_of = [](const TensorQuantization& q) { return q.zero_points.empty() ? 0 : q.zero_points[0]; };
  if (left.scales.size() != 1 || right.scales.size() != 1) return left == right;
  const double steps = a.type == TensorType::kInt16 ? 65536.0 : 256.0;
  const double larger = std::max(left.scales[0], right.scales[0]);
  const double apart = std::abs(static_cast<double>(left.scales[0]) - right.scales[0]);
  return zero_of(left) == zero_of(right) && apart * steps < larger / 2;
}

}  // namespace

const OpRule* rule_of(Op op) {
  const auto* rule = std::find_if(kRules.begin(), kRules.end(), [op](const OpRule& each) { return each.op == op; });
  return rule != kRules.end() ? rule : nullptr;
}

Shape without_dimension(const Shape& shape, int axis) {
  Shape result = shape;
  result.erase(result.begin() + axis);
  return result;
}

bool is_quantized_type(TensorType type) noexcept {
  return type == TensorType::kInt8 || type == TensorType::kUint8 || type == TensorType::kInt16;
}

std::optional<std::vector<std::int64_t>> OpCheck::constant_values(std::size_t i) const {
  const int tensor = op_.inputs[i];
  if (!is_constant(graph(), tensor)) {
    return std::nullopt;
  }
  require(constant_bytes(graph(), tensor).size() <= kMostListBytes, "its operand {} is larger than any list of sizes",
          i);
  return constant_ints(graph(), tensor);
}

void OpCheck::require_rank(std::size_t i, int rank, std::string_view role) const {
  require(has_input(i), "its {} is missing", role);
  require(rank < 0 || static_cast<int>(input(i).shape.size()) == rank,
          "its {} has the shape {} where {} dimensions are needed", role, shape_text(input(i).shape), rank);
}

void OpCheck::require_type(const Tensor& tensor, std::initializer_list<TensorType> types, std::string_view role) const {
  require(std::find(types.begin(), types.end(), tensor.type) != types.end(), "its {} '{}' is of type {}", role,
          printable_name(tensor.name), type_name(tensor.type));
}

void OpCheck::require_output(const Shape& expected, std::size_t i) const {
  require(output(i).shape == expected, "its output is declared as {} but its operands give {}",
          shape_text(output(i).shape), shape_text(expected));
}

void OpCheck::require_quantized(const Tensor& tensor, std::string_view role) const {
  if (is_quantized_type(tensor.type)) {
    require(tensor.quantization.scales.size() == 1, "its {} '{}' is of type {} without a scale of its own", role,
            printable_name(tensor.name), type_name(tensor.type));
  }
}

void OpCheck::require_activation(Activation activation) const {
  require(activation >= Activation::kNone && activation <= Activation::kRelu6, "fused activation {} has no kernel",
          static_cast<int>(activation));
}

void OpCheck::require_window(int value, std::string_view what) const {
  require(value >= 1 && value <= limits().max_window, "its {} is {}; 1 to {} is sane", what, value,
          limits().max_window);
}

void OpCheck::require_same_type(std::size_t data) const {
  for (int tensor : op_.outputs) {
    const TensorType type = graph().tensors[static_cast<std::size_t>(tensor)].type;
    require(type == input(data).type, "its output is of type {} for {} data", type_name(type),
            type_name(input(data).type));
  }
}

void OpCheck::require_index_type(std::size_t i, std::string_view role) const {
  require_type(input(i), {TensorType::kInt32, TensorType::kInt64}, role);
}

std::vector<std::int64_t> OpCheck::required_values(std::size_t i, std::size_t count, std::string_view role) const {
  require_index_type(i, role);
  const auto values = constant_values(i);
  require(values.has_value(), "its {} is not a constant of the file", role);
  require(values->size() == count, "its {} holds {} values where {} are needed", role, values->size(), count);
  return *values;
}

int OpCheck::dimension(std::int64_t value) const {
  require(value >= 1 && value <= INT32_MAX, "an output side of {}", value);
  return static_cast<int>(value);
}

int OpCheck::resolved_axis(std::int64_t axis, std::size_t rank) const {
  const auto dimensions = static_cast<std::int64_t>(rank);
  require(axis >= -dimensions && axis < dimensions, "axis {} of a tensor with {} dimensions", axis, rank);
  return static_cast<int>(axis < 0 ? axis + dimensions : axis);
}

void OpCheck::warn_unless_same_quantization(const Tensor& a, const Tensor& b) const {
  if (is_quantized_type(a.type) && !same_within_half_a_step(a, b)) {
    report(Severity::kWrongNumbers, "its kernel copies integers, but '{}' and '{}' have different scales",
           printable_name(a.name), printable_name(b.name));
  }
}

}  // namespace qbench::models
