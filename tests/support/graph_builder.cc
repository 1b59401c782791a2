// SPDX-License-Identifier: Apache-2.0
#include "tests/support/graph_builder.h"

#include <utility>

namespace qbench::testing {

using models::Activation;
using models::Bytes;
using models::Graph;
using models::Op;
using models::Padding;
using models::Tensor;
using models::TensorType;

namespace {

std::size_t count_of(const std::vector<int>& shape) { return static_cast<std::size_t>(models::element_count(shape)); }

Tensor make_tensor(const std::string& name, std::vector<int> shape, TensorType type) {
  Tensor tensor;
  tensor.name = name;
  tensor.shape = std::move(shape);
  tensor.type = type;
  return tensor;
}

void quantize(Tensor& tensor, float scale, int zero_point) {
  if (scale > 0.0F) {
    tensor.quantization.scales = {scale};
    tensor.quantization.zero_points = {zero_point};
  }
}

constexpr float kScale = 0.05F;
constexpr float kSoftmaxScale = 1.0F / 256.0F;

}  // namespace

int GraphBuilder::activation(const std::string& name, std::vector<int> shape, TensorType type, float scale,
                             int zero_point) {
  Tensor tensor = make_tensor(name, std::move(shape), type);
  quantize(tensor, scale, zero_point);
  tensor.shape_signature = tensor.shape;
  if (!tensor.shape_signature.empty()) {
    tensor.shape_signature[0] = -1;
  }
  return models::add_tensor(graph_, std::move(tensor));
}

int GraphBuilder::input(const std::string& name, std::vector<int> shape, TensorType type, float scale, int zero_point) {
  const int tensor = activation(name, std::move(shape), type, scale, zero_point);
  graph_.inputs.push_back(tensor);
  return tensor;
}

int GraphBuilder::floats(const std::string& name, std::vector<int> shape, const std::vector<float>& values) {
  return models::add_constant(graph_, make_tensor(name, std::move(shape), TensorType::kFloat32),
                              models::bytes_of(values));
}

int GraphBuilder::pattern(const std::string& name, std::vector<int> shape) {
  std::vector<float> values(count_of(shape));
  std::uint32_t state = 12345;
  for (float& value : values) {
    state = state * 1664525 + 1013904223;
    value = static_cast<float>(state >> 8) / 8388608.0F - 1.0F;
  }
  return floats(name, std::move(shape), values);
}

int GraphBuilder::int32s(const std::string& name, std::vector<int> shape, const std::vector<std::int32_t>& values) {
  return models::add_constant(graph_, make_tensor(name, std::move(shape), TensorType::kInt32),
                              models::bytes_of(values));
}

int GraphBuilder::int8_weights(const std::string& name, std::vector<int> shape, std::vector<float> scales, int axis) {
  std::vector<std::int8_t> values(count_of(shape));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int8_t>(static_cast<int>(i * 37 % 255) - 127);
  }
  Tensor tensor = make_tensor(name, std::move(shape), TensorType::kInt8);
  tensor.quantization.zero_points.assign(scales.size(), 0);
  tensor.quantization.scales = std::move(scales);
  tensor.quantization.axis = axis;
  return models::add_constant(graph_, std::move(tensor), models::bytes_of(values));
}

int GraphBuilder::int32_bias(const std::string& name, int channels, std::vector<float> scales) {
  std::vector<std::int32_t> values(static_cast<std::size_t>(channels));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int32_t>(i) * 10 - 5;
  }
  Tensor tensor = make_tensor(name, {channels}, TensorType::kInt32);
  tensor.quantization.zero_points.assign(scales.size(), 0);
  tensor.quantization.scales = std::move(scales);
  return models::add_constant(graph_, std::move(tensor), models::bytes_of(values));
}

int GraphBuilder::op(Op op, std::vector<int> inputs, int output, models::OperatorOptions options, int version) {
  models::Operator node;
  node.op = op;
  node.version = version;
  node.inputs = std::move(inputs);
  node.outputs = {output};
  node.options = std::move(options);
  graph_.operators.push_back(std::move(node));
  return output;
}

Graph GraphBuilder::finish(const std::vector<int>& outputs) {
  graph_.outputs = outputs;
  return graph_;
}

Graph tiny_float_graph() {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 3});
  const int conv = b.op(Op::kConv2D, {image, b.pattern("conv/weights", {4, 3, 3, 3}), b.pattern("conv/bias", {4})},
                        b.activation("conv", {1, 4, 4, 4}),
                        models::Conv2DOptions{.stride_w = 2, .stride_h = 2, .activation = Activation::kRelu6});
  const int depthwise =
      b.op(Op::kDepthwiseConv2D, {conv, b.pattern("dw/weights", {1, 3, 3, 4}), b.pattern("dw/bias", {4})},
           b.activation("dw", {1, 4, 4, 4}),
           models::DepthwiseConv2DOptions{.stride_w = 1, .stride_h = 1, .depth_multiplier = 1});
  const int sum = b.op(Op::kAdd, {conv, depthwise}, b.activation("add", {1, 4, 4, 4}),
                       models::AddOptions{.activation = Activation::kRelu});
  const int mean =
      b.op(Op::kMean, {sum, b.int32s("axes", {2}, {1, 2})}, b.activation("mean", {1, 4}), models::ReducerOptions{});
  const int logits = b.op(Op::kFullyConnected, {mean, b.pattern("fc/weights", {4, 4}), b.pattern("fc/bias", {4})},
                          b.activation("logits", {1, 4}), models::FullyConnectedOptions{});
  return b.finish({b.op(Op::kSoftmax, {logits}, b.activation("scores", {1, 4}), models::SoftmaxOptions{1.0F})});
}

Graph tiny_int8_graph() {
  GraphBuilder b;
  const auto int8 = [&b](const std::string& name, std::vector<int> shape, float scale = kScale, int zero = -128) {
    return b.activation(name, std::move(shape), TensorType::kInt8, scale, zero);
  };
  const std::vector<float> scales(4, 0.01F);
  const std::vector<float> bias_scales(4, kScale * 0.01F);
  const int image = b.input("image", {1, 8, 8, 3}, TensorType::kInt8, kScale, -128);
  const int conv =
      b.op(Op::kConv2D,
           {image, b.int8_weights("conv/weights", {4, 3, 3, 3}, scales, 0), b.int32_bias("conv/bias", 4, bias_scales)},
           int8("conv", {1, 4, 4, 4}),
           models::Conv2DOptions{.stride_w = 2, .stride_h = 2, .activation = Activation::kRelu}, 3);
  const int depthwise = b.op(
      Op::kDepthwiseConv2D,
      {conv, b.int8_weights("dw/weights", {1, 3, 3, 4}, scales, 3), b.int32_bias("dw/bias", 4, bias_scales)},
      int8("dw", {1, 4, 4, 4}), models::DepthwiseConv2DOptions{.stride_w = 1, .stride_h = 1, .depth_multiplier = 1}, 3);
  const int sum = b.op(Op::kAdd, {conv, depthwise}, int8("add", {1, 4, 4, 4}), models::AddOptions{}, 2);
  const int mean =
      b.op(Op::kMean, {sum, b.int32s("axes", {2}, {1, 2})}, int8("mean", {1, 4}), models::ReducerOptions{}, 2);
  const int logits =
      b.op(Op::kFullyConnected,
           {mean, b.int8_weights("fc/weights", {4, 4}, {0.01F}, 0), b.int32_bias("fc/bias", 4, {kScale * 0.01F})},
           int8("logits", {1, 4}), models::FullyConnectedOptions{}, 4);
  return b.finish(
      {b.op(Op::kSoftmax, {logits}, int8("scores", {1, 4}, kSoftmaxScale), models::SoftmaxOptions{1.0F}, 2)});
}

Graph tiny_fixed_batch_graph() {
  GraphBuilder b;
  const int image = b.input("image", {1, 6, 6, 2});
  const int padded = b.op(Op::kPad, {image, b.int32s("paddings", {4, 2}, {0, 0, 1, 1, 1, 1, 0, 0})},
                          b.activation("pad", {1, 8, 8, 2}), models::RawOptions{22, {}});
  const int pooled = b.op(
      Op::kMaxPool2D, {padded}, b.activation("pool", {1, 4, 4, 2}),
      models::Pool2DOptions{.padding = Padding::kValid, .stride_w = 2, .stride_h = 2, .filter_w = 2, .filter_h = 2});
  const int scaled = b.op(Op::kMul, {pooled, b.floats("factor", {1}, {0.5F})}, b.activation("mul", {1, 4, 4, 2}),
                          models::MulOptions{});
  const int joined = b.op(Op::kConcatenation, {pooled, scaled}, b.activation("concat", {1, 4, 4, 4}),
                          models::ConcatenationOptions{.axis = 3});
  const int flat = b.op(Op::kReshape, {joined, b.int32s("flat_shape", {2}, {1, 64})}, b.activation("flat", {1, 64}),
                        models::ReshapeOptions{{1, 64}});
  const int logits = b.op(Op::kFullyConnected, {flat, b.pattern("fc/weights", {3, 64}), b.pattern("fc/bias", {3})},
                          b.activation("logits", {1, 3}), models::FullyConnectedOptions{});
  return b.finish({b.op(Op::kSoftmax, {logits}, b.activation("scores", {1, 3}), models::SoftmaxOptions{1.0F})});
}

}  // namespace qbench::testing
