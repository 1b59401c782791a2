// SPDX-License-Identifier: Apache-2.0
// Rules of ops that work on each element by itself, normalize, or change the element type.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "models/op_check.h"

namespace qbench::models {
namespace {

constexpr std::size_t kMaxBroadcastRank = 5;

/// Shapes aligned at their ends; a dimension of 1 stretches. Throws through `c` when they do not fit.
Shape broadcast(const OpCheck& c, const Shape& a, const Shape& b) {
  const std::size_t rank = std::max(a.size(), b.size());
  Shape result(rank, 1);
  for (std::size_t i = 0; i < rank; ++i) {
    const int left = i < rank - a.size() ? 1 : a[i - (rank - a.size())];
    const int right = i < rank - b.size() ? 1 : b[i - (rank - b.size())];
    c.require(left == right || left == 1 || right == 1, "its operands {} and {} do not fit", shape_text(a),
              shape_text(b));
    result[i] = std::max(left, right);
  }
  return result;
}

void require_same_shape_and_type(const OpCheck& c) {
  c.require(c.output().type == c.input(0).type, "its output is of type {} for {} data", type_name(c.output().type),
            type_name(c.input(0).type));
  c.require_output(c.input(0).shape);
}

void require_both_quantized(const OpCheck& c) {
  c.require_quantized(c.input(0), "data operand");
  c.require_quantized(c.output(), "output");
}

// The integer kernels of ADD and SUB bring both inputs to twice the larger scale and shift left by 20 bits (15 for
// int16); what is left must be a factor below one, or the kernel stops the process.
void require_sum_scales(const OpCheck& c) {
  const Tensor& result = c.output();
  if (!is_quantized_type(result.type)) {
    return;
  }
  const double largest = std::max(c.input(0).quantization.scales[0], c.input(1).quantization.scales[0]);
  const double shift = result.type == TensorType::kInt16 ? 15 : 20;
  c.require(2 * largest < std::ldexp(result.quantization.scales[0], static_cast<int>(shift)),
            "its output scale {:g} is too small for an input scale of {:g}", result.quantization.scales[0], largest);
}

void check_binary_activation(const OpCheck& c) {
  switch (c.op().op) {
    case Op::kAdd:
      c.require_activation(c.options<AddOptions>().activation);
      break;
    case Op::kSub:
      c.require_activation(c.options<SubOptions>().activation);
      break;
    case Op::kMul:
      c.require_activation(c.options<MulOptions>().activation);
      break;
    case Op::kDiv:
      c.require_activation(c.options<DivOptions>().activation);
      break;
    default:
      break;
  }
}

/// Integer types that the kernels of an op lack in the 2.9 runtime (measured); everything else in this file has all.
struct MissingKernel {
  Op op;
  TensorType type;
};

constexpr std::array kMissingKernels = {
    MissingKernel{Op::kDiv, TensorType::kInt8},
    MissingKernel{Op::kDiv, TensorType::kInt16},
    MissingKernel{Op::kSquaredDifference, TensorType::kUint8},
    MissingKernel{Op::kSquaredDifference, TensorType::kInt16},
    MissingKernel{Op::kElu, TensorType::kUint8},
    MissingKernel{Op::kElu, TensorType::kInt16},
    MissingKernel{Op::kReluN1To1, TensorType::kInt16},
    MissingKernel{Op::kHardSwish, TensorType::kInt16},
    MissingKernel{Op::kGelu, TensorType::kInt16},
    MissingKernel{Op::kPrelu, TensorType::kInt16},
    MissingKernel{Op::kAbs, TensorType::kUint8},
    MissingKernel{Op::kRsqrt, TensorType::kUint8},
    MissingKernel{Op::kRsqrt, TensorType::kInt16},
    MissingKernel{Op::kLogSoftmax, TensorType::kInt16},
    MissingKernel{Op::kL2Normalization, TensorType::kInt16},
};

void report_missing_kernel(const OpCheck& c) {
  const TensorType type = c.input(0).type;
  const auto* missing = std::find_if(kMissingKernels.begin(), kMissingKernels.end(), [&](const MissingKernel& each) {
    return each.op == c.op().op && each.type == type;
  });
  if (c.op().op == Op::kDiv && type == TensorType::kUint8) {
    c.report(Severity::kWrongNumbers, "the 2.9 runtime's uint8 kernel for it is off by 60 steps and more");
  }
  if (missing != kMissingKernels.end()) {
    c.report(Severity::kNoKernel, "the 2.9 runtime has no good {} kernel for it; keep it in float", type_name(type));
  }
}

/// Kernels that compute with a fixed output quantization whatever the file says.
struct FixedOutput {
  Op op;
  TensorType type;
  float scale;
  std::int64_t zero_point;
};

constexpr std::array kFixedOutputs = {
    FixedOutput{Op::kLogistic, TensorType::kInt8, 1.0F / 256, -128},
    FixedOutput{Op::kLogistic, TensorType::kUint8, 1.0F / 256, 0},
    FixedOutput{Op::kLogistic, TensorType::kInt16, 1.0F / 32768, 0},
    FixedOutput{Op::kTanh, TensorType::kInt16, 1.0F / 32768, 0},
    FixedOutput{Op::kSoftmax, TensorType::kInt8, 1.0F / 256, -128},
    FixedOutput{Op::kSoftmax, TensorType::kUint8, 1.0F / 256, 0},
    FixedOutput{Op::kSoftmax, TensorType::kInt16, 1.0F / 32768, 0},
    FixedOutput{Op::kLogSoftmax, TensorType::kInt8, 16.0F / 256, 127},
    FixedOutput{Op::kLogSoftmax, TensorType::kUint8, 16.0F / 256, 255},
    FixedOutput{Op::kL2Normalization, TensorType::kInt8, 1.0F / 128, 0},
    FixedOutput{Op::kL2Normalization, TensorType::kUint8, 1.0F / 128, 128},
};

void report_fixed_output(const OpCheck& c) {
  const Tensor& result = c.output();
  for (const FixedOutput& fixed : kFixedOutputs) {
    if (fixed.op != c.op().op || fixed.type != result.type) {
      continue;
    }
    const std::vector<std::int64_t>& zero_points = result.quantization.zero_points;
    const std::int64_t zero_point = zero_points.empty() ? 0 : zero_points[0];
    if (result.quantization.scales[0] != fixed.scale || zero_point != fixed.zero_point) {
      c.report(Severity::kWrongNumbers,
               "its {} kernel writes with scale {:g} and zero point {}, the file says {:g}, {}", type_name(result.type),
               fixed.scale, fixed.zero_point, result.quantization.scales[0], zero_point);
    }
  }
}

bool only_compares(Op op) { return op == Op::kMaximum || op == Op::kMinimum; }

}  // namespace

void check_binary(const OpCheck& c) {
  check_binary_activation(c);
  const Tensor& left = c.input(0);
  const Tensor& right = c.input(1);
  c.require_type(left,
                 {TensorType::kFloat32, TensorType::kInt8, TensorType::kUint8, TensorType::kInt16, TensorType::kInt32,
                  TensorType::kInt64},
                 "left operand");
  c.require(left.type == right.type && left.type == c.output().type, "its operands and output are of types {}, {}, {}",
            type_name(left.type), type_name(right.type), type_name(c.output().type));
  c.require(left.shape.size() <= kMaxBroadcastRank && right.shape.size() <= kMaxBroadcastRank,
            "its operands {} and {} have too many dimensions", shape_text(left.shape), shape_text(right.shape));
  c.require_output(broadcast(c, left.shape, right.shape));
  require_both_quantized(c);
  c.require_quantized(right, "right operand");
  if (c.op().op == Op::kAdd || c.op().op == Op::kSub) {
    require_sum_scales(c);
  }
  report_missing_kernel(c);
  if (only_compares(c.op().op)) {
    c.warn_unless_same_quantization(left, right);
    c.warn_unless_same_quantization(left, c.output());
  }
}

void check_unary(const OpCheck& c) {
  c.require_type(c.input(0), {TensorType::kFloat32, TensorType::kInt8, TensorType::kUint8, TensorType::kInt16},
                 "operand");
  require_same_shape_and_type(c);
  require_both_quantized(c);
  report_missing_kernel(c);
  report_fixed_output(c);
}

void check_float_unary(const OpCheck& c) {
  c.require_type(c.input(0), {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt64}, "operand");
  require_same_shape_and_type(c);
}

void check_softmax(const OpCheck& c) {
  const float beta = c.options<SoftmaxOptions>().beta;
  c.require(std::isfinite(beta) && beta > 0.0F, "its beta is {:g}", beta);
  check_unary(c);
  c.require(!c.input(0).shape.empty(), "its operand is a scalar");
}

void check_lrn(const OpCheck& c) {
  const auto& options = c.options<LocalResponseNormalizationOptions>();
  c.require(options.radius >= 0 && options.radius <= c.limits().max_window, "its radius is {}", options.radius);
  c.require_rank(0, 4, "operand");
  c.require_type(c.input(0), {TensorType::kFloat32}, "operand");
  require_same_shape_and_type(c);
}

void check_l2_norm(const OpCheck& c) {
  c.require(c.options<L2NormOptions>().activation == Activation::kNone, "a fused activation has no kernel");
  check_unary(c);
  c.require(!c.input(0).shape.empty() && c.input(0).shape.size() <= 4, "its operand has the shape {}",
            shape_text(c.input(0).shape));
}

void check_leaky_relu(const OpCheck& c) {
  const float alpha = c.options<LeakyReluOptions>().alpha;
  c.require(std::isfinite(alpha), "its alpha is {:g}", alpha);
  check_unary(c);
}

void check_prelu(const OpCheck& c) {
  c.require(c.constant_input(1), "its slopes '{}' are not constant", printable_name(c.input(1).name));
  c.require(c.input(1).type == c.input(0).type, "its slopes are of type {} for {} data", type_name(c.input(1).type),
            type_name(c.input(0).type));
  check_unary(c);
  c.require_quantized(c.input(1), "slope operand");
  c.require(c.input(0).shape.size() <= 4, "its operand has the shape {}", shape_text(c.input(0).shape));
  c.require_output(broadcast(c, c.input(0).shape, c.input(1).shape));
}

void check_quantize(const OpCheck& c) {
  const Tensor& result = c.output();
  c.require_type(c.input(0),
                 {TensorType::kFloat32, TensorType::kInt8, TensorType::kUint8, TensorType::kInt16, TensorType::kInt32},
                 "operand");
  c.require_type(result, {TensorType::kInt8, TensorType::kUint8, TensorType::kInt16}, "output");
  require_both_quantized(c);
  if (c.input(0).type == TensorType::kInt32) {
    c.require(c.input(0).quantization.scales.size() == 1, "its int32 operand has no scale");
  }
  c.require_output(c.input(0).shape);
}

void check_dequantize(const OpCheck& c) {
  const Tensor& stored = c.input(0);
  c.require_type(stored, {TensorType::kInt8, TensorType::kUint8, TensorType::kInt16, TensorType::kFloat16}, "operand");
  c.require_type(c.output(), {TensorType::kFloat32}, "output");
  c.require_output(stored.shape);
  if (stored.type != TensorType::kFloat16) {
    c.require(!stored.quantization.scales.empty(), "its operand '{}' has no scale", printable_name(stored.name));
    c.require(!stored.quantization.per_channel() || (stored.type == TensorType::kInt8 && c.constant_input(0)),
              "only int8 constants can be dequantized per channel");
  }
}

void check_cast(const OpCheck& c) {
  c.require_type(c.input(0),
                 {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt64, TensorType::kUint8, TensorType::kInt8,
                  TensorType::kInt16, TensorType::kBool},
                 "operand");
  c.require_type(c.output(),
                 {TensorType::kFloat32, TensorType::kInt32, TensorType::kInt64, TensorType::kUint8, TensorType::kInt8,
                  TensorType::kInt16, TensorType::kBool},
                 "output");
  c.require_output(c.input(0).shape);
}

void check_fake_quant(const OpCheck& c) {
  const auto& options = c.options<FakeQuantOptions>();
  c.require(options.num_bits >= 2 && options.num_bits <= 16, "its {} bits are not 2 to 16", options.num_bits);
  c.require(std::isfinite(options.min) && std::isfinite(options.max) && options.min <= 0.0F && options.max >= 0.0F &&
                options.min < options.max,
            "its range {:g} .. {:g} does not hold zero", options.min, options.max);
  c.require_type(c.input(0), {TensorType::kFloat32}, "operand");
  require_same_shape_and_type(c);
}

}  // namespace qbench::models
