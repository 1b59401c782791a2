// SPDX-License-Identifier: Apache-2.0
// Rules of ops that slide a window or multiply matrices.
#include <algorithm>
#include <cstdint>

#include "models/op_check.h"

namespace qbench::models {
namespace {

struct Window {
  int stride = 1;
  int dilation = 1;
  int filter = 1;
};

/// Output positions along one side; below 1 when the window does not fit.
int window_positions(int side, Padding padding, const Window& window) {
  const std::int64_t extent = std::int64_t{window.filter - 1} * window.dilation + 1;
  const std::int64_t span = padding == Padding::kSame ? side : side - extent + 1;
  return span <= 0 ? 0 : static_cast<int>((span + window.stride - 1) / window.stride);
}

void require_padding(const OpCheck& c, Padding padding) {
  c.require(padding == Padding::kSame || padding == Padding::kValid, "padding {} does not exist",
            static_cast<int>(padding));
}

template <typename Options>
void require_conv_options(const OpCheck& c, const Options& options) {
  require_padding(c, options.padding);
  c.require_window(options.stride_w, "horizontal stride");
  c.require_window(options.stride_h, "vertical stride");
  c.require_window(options.dilation_w, "horizontal dilation");
  c.require_window(options.dilation_h, "vertical dilation");
  c.require_activation(options.activation);
}

template <typename Options>
Shape conv_output(const OpCheck& c, const Options& options, const Shape& data, const Shape& filter, int channels) {
  const Window vertical{options.stride_h, options.dilation_h, filter[1]};
  const Window horizontal{options.stride_w, options.dilation_w, filter[2]};
  const Shape result{data[0], window_positions(data[1], options.padding, vertical),
                     window_positions(data[2], options.padding, horizontal), channels};
  c.require(result[1] > 0 && result[2] > 0, "its {}x{} window does not fit into {}", filter[1], filter[2],
            shape_text(data));
  return result;
}

/// The type triples that the kernels really have. Any other falls through to a kernel for other types.
void require_weighted_types(const OpCheck& c, std::size_t data, std::size_t weights) {
  const TensorType data_type = c.input(data).type;
  const TensorType weight_type = c.input(weights).type;
  c.require_type(c.input(data), {TensorType::kFloat32, TensorType::kInt8, TensorType::kUint8, TensorType::kInt16},
                 "data operand");
  const bool fits = (data_type == TensorType::kFloat32 && weight_type == TensorType::kFloat32) ||
                    (data_type == TensorType::kFloat32 && weight_type == TensorType::kInt8) ||
                    (data_type == TensorType::kUint8 && weight_type == TensorType::kUint8) ||
                    (data_type == TensorType::kInt8 && weight_type == TensorType::kInt8) ||
                    (data_type == TensorType::kInt16 && weight_type == TensorType::kInt8);
  c.require(fits, "no kernel takes {} data with {} weights", type_name(data_type), type_name(weight_type));
  c.require(c.output().type == data_type, "its output is of type {} for {} data", type_name(c.output().type),
            type_name(data_type));
  c.require_quantized(c.input(data), "data operand");
  c.require_quantized(c.output(), "output");
}

/// One scale, or one for each output channel along `axis`.
void require_weight_scales(const OpCheck& c, const Tensor& weights, int axis) {
  if (!is_quantized_type(weights.type)) {
    return;
  }
  const TensorQuantization& quantization = weights.quantization;
  c.require(!quantization.scales.empty(), "its {} weights have no scale", type_name(weights.type));
  c.require(!quantization.per_channel() || quantization.axis == axis,
            "its weights are quantized along dimension {} where the kernel reads dimension {}", quantization.axis,
            axis);
  const bool symmetric = std::all_of(quantization.zero_points.begin(), quantization.zero_points.end(),
                                     [](std::int64_t zero_point) { return zero_point == 0; });
  if (weights.type == TensorType::kInt8 && !symmetric) {
    c.report(Severity::kWrongNumbers, "its int8 weights have a zero point, which kernels ignore");
  }
}

void require_bias(const OpCheck& c, std::size_t i, TensorType data_type, int channels) {
  const Tensor& bias = c.input(i);
  c.require(c.constant_input(i), "its bias '{}' is not a constant", printable_name(bias.name));
  c.require(element_count(bias.shape) == channels, "its bias holds {} values for {} channels",
            element_count(bias.shape), channels);
  if (data_type == TensorType::kFloat32) {
    c.require_type(bias, {TensorType::kFloat32}, "bias");
  } else if (data_type == TensorType::kInt16) {
    c.require_type(bias, {TensorType::kInt32, TensorType::kInt64}, "bias");
  } else {
    c.require_type(bias, {TensorType::kInt32}, "bias");
  }
}

void require_constant_weights(const OpCheck& c, std::size_t i) {
  c.require(c.constant_input(i), "its weights '{}' are not constant", printable_name(c.input(i).name));
}

bool is_hybrid(const OpCheck& c, std::size_t data, std::size_t weights) {
  return c.input(data).type == TensorType::kFloat32 && c.input(weights).type == TensorType::kInt8;
}

}  // namespace

void check_conv_2d(const OpCheck& c) {
  const auto& options = c.options<Conv2DOptions>();
  require_conv_options(c, options);
  c.require_rank(0, 4, "data operand");
  c.require_rank(1, 4, "weights");
  require_constant_weights(c, 1);
  require_weighted_types(c, 0, 1);
  const Shape& weights = c.input(1).shape;
  c.require(weights[3] == c.input(0).shape[3], "its weights {} do not fit data {} (grouped convolution has no kernel)",
            shape_text(weights), shape_text(c.input(0).shape));
  require_weight_scales(c, c.input(1), 0);
  require_bias(c, 2, c.input(0).type, weights[0]);
  c.require_output(conv_output(c, options, c.input(0).shape, weights, weights[0]));
}

void check_depthwise_conv_2d(const OpCheck& c) {
  const auto& options = c.options<DepthwiseConv2DOptions>();
  require_conv_options(c, options);
  c.require_window(options.depth_multiplier, "depth multiplier");
  c.require_rank(0, 4, "data operand");
  c.require_rank(1, 4, "weights");
  require_constant_weights(c, 1);
  require_weighted_types(c, 0, 1);
  const Shape& weights = c.input(1).shape;
  const std::int64_t channels = std::int64_t{c.input(0).shape[3]} * options.depth_multiplier;
  c.require(weights[0] == 1 && weights[3] == channels, "its weights {} do not fit data {} with depth multiplier {}",
            shape_text(weights), shape_text(c.input(0).shape), options.depth_multiplier);
  require_weight_scales(c, c.input(1), 3);
  require_bias(c, 2, c.input(0).type, weights[3]);
  c.require(c.input(0).type != TensorType::kInt16 || c.input(2).type == TensorType::kInt64,
            "with int16 data its bias must be int64");
  c.require_output(conv_output(c, options, c.input(0).shape, weights, weights[3]));
  if (is_hybrid(c, 0, 1) && !c.input(1).quantization.per_channel() && weights[3] > 1) {
    c.report(Severity::kWrongNumbers, "float data with per-tensor int8 weights gives garbage; quantize per channel");
  }
}

void check_transpose_conv(const OpCheck& c) {
  const auto& options = c.options<TransposeConvOptions>();
  require_padding(c, options.padding);
  c.require_window(options.stride_w, "horizontal stride");
  c.require_window(options.stride_h, "vertical stride");
  c.require_rank(1, 4, "weights");
  c.require_rank(2, 4, "data operand");
  require_constant_weights(c, 1);
  require_weighted_types(c, 2, 1);
  c.require(!is_hybrid(c, 2, 1), "no kernel takes float data with int8 weights");
  const auto declared = c.constant_values(0);
  c.require(declared.has_value() && declared->size() == 4 && c.input(0).type == TensorType::kInt32,
            "its output shape is not a constant of four int32");
  const Shape& weights = c.input(1).shape;
  const Shape& data = c.input(2).shape;
  const Shape& result = c.output().shape;
  c.require_output(Shape(declared->begin(), declared->end()));
  c.require(weights[3] == data[3] && weights[0] == result[3] && data[0] == result[0],
            "its weights {} do not fit data {} and output {}", shape_text(weights), shape_text(data),
            shape_text(result));
  const Window vertical{options.stride_h, 1, weights[1]};
  const Window horizontal{options.stride_w, 1, weights[2]};
  c.require(window_positions(result[1], options.padding, vertical) == data[1] &&
                window_positions(result[2], options.padding, horizontal) == data[2],
            "its output {} does not come from data {} with these strides", shape_text(result), shape_text(data));
  require_weight_scales(c, c.input(1), 0);
  if (c.has_input(3)) {
    require_bias(c, 3, c.input(2).type, weights[0]);
  }
}

void check_pool_2d(const OpCheck& c) {
  const auto& options = c.options<Pool2DOptions>();
  require_padding(c, options.padding);
  c.require_window(options.stride_w, "horizontal stride");
  c.require_window(options.stride_h, "vertical stride");
  c.require_window(options.filter_w, "filter width");
  c.require_window(options.filter_h, "filter height");
  c.require_activation(options.activation);
  c.require_rank(0, 4, "data operand");
  const Tensor& data = c.input(0);
  c.require_type(data, {TensorType::kFloat32, TensorType::kInt8, TensorType::kUint8, TensorType::kInt16},
                 "data operand");
  c.require(c.output().type == data.type, "its output is of type {} for {} data", type_name(c.output().type),
            type_name(data.type));
  const Window vertical{options.stride_h, 1, options.filter_h};
  const Window horizontal{options.stride_w, 1, options.filter_w};
  const Shape expected{data.shape[0], window_positions(data.shape[1], options.padding, vertical),
                       window_positions(data.shape[2], options.padding, horizontal), data.shape[3]};
  c.require(expected[1] > 0 && expected[2] > 0, "its {}x{} window does not fit into {}", options.filter_h,
            options.filter_w, shape_text(data.shape));
  c.require_output(expected);
  c.require_quantized(data, "data operand");
  c.require_quantized(c.output(), "output");
  c.warn_unless_same_quantization(data, c.output());
}

void check_fully_connected(const OpCheck& c) {
  const auto& options = c.options<FullyConnectedOptions>();
  c.require_activation(options.activation);
  c.require(options.weights_format == 0, "weights format {} is not supported",
            static_cast<int>(options.weights_format));
  c.require_rank(0, -1, "data operand");
  c.require_rank(1, 2, "weights");
  require_weighted_types(c, 0, 1);
  const Shape& data = c.input(0).shape;
  const int units = c.input(1).shape[0];
  const int depth = c.input(1).shape[1];
  c.require(!data.empty() && element_count(data) % depth == 0, "its weights {} do not fit data {}",
            shape_text(c.input(1).shape), shape_text(data));
  c.require(c.constant_input(1) || c.input(1).type == TensorType::kFloat32, "its quantized weights are not constant");
  require_weight_scales(c, c.input(1), 0);
  if (c.has_input(2)) {
    require_bias(c, 2, c.input(0).type, units);
  }
  Shape expected{static_cast<int>(element_count(data) / depth), units};
  if (options.keep_num_dims) {
    expected = data;
    c.require(data.back() == depth, "its weights {} do not fit data {}", shape_text(c.input(1).shape),
              shape_text(data));
    expected.back() = units;
  }
  c.require_output(expected);
  if (c.input(1).quantization.per_channel() && c.input(1).type == TensorType::kInt8) {
    c.report(Severity::kWrongNumbers,
             "its weights are quantized per channel, which runtimes up to 2.9 read as one scale; quantize per tensor");
  }
}

void check_batch_matmul(const OpCheck& c) {
  const auto& options = c.options<BatchMatMulOptions>();
  c.require_rank(0, -1, "left operand");
  c.require_rank(1, -1, "right operand");
  const Tensor& left = c.input(0);
  const Tensor& right = c.input(1);
  c.require_type(left, {TensorType::kFloat32, TensorType::kInt8, TensorType::kInt16}, "left operand");
  c.require(right.type == left.type || (left.type == TensorType::kFloat32 && right.type == TensorType::kInt8),
            "no kernel multiplies {} with {}", type_name(left.type), type_name(right.type));
  c.require(c.output().type == left.type, "its output is of type {} for {} data", type_name(c.output().type),
            type_name(left.type));
  c.require_quantized(left, "left operand");
  c.require_quantized(right, "right operand");
  c.require_quantized(c.output(), "output");
  const std::size_t rank = left.shape.size();
  c.require(rank >= 2 && rank <= 5 && right.shape.size() == rank, "its operands {} and {} cannot be multiplied",
            shape_text(left.shape), shape_text(right.shape));
  Shape expected(left.shape.begin(), left.shape.end() - 2);
  const Shape right_batch(right.shape.begin(), right.shape.end() - 2);
  c.require(expected == right_batch, "its operands {} and {} have different batches", shape_text(left.shape),
            shape_text(right.shape));
  const int left_depth = options.adj_x ? left.shape[rank - 2] : left.shape[rank - 1];
  const int right_depth = options.adj_y ? right.shape[rank - 1] : right.shape[rank - 2];
  c.require(left_depth == right_depth, "its operands {} and {} do not fit", shape_text(left.shape),
            shape_text(right.shape));
  expected.push_back(options.adj_x ? left.shape[rank - 1] : left.shape[rank - 2]);
  expected.push_back(options.adj_y ? right.shape[rank - 2] : right.shape[rank - 1]);
  c.require_output(expected);
}

}  // namespace qbench::models
