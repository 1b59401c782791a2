// SPDX-License-Identifier: Apache-2.0
#include "tests/support/broken_models.h"

#include <utility>
#include <vector>

#include "tests/support/graph_builder.h"

namespace qbench::testing {
namespace {

using models::Graph;
using models::Op;
using models::TensorType;

const std::vector<float>& unit_scales() {
  static const std::vector<float> scales{0.001F, 0.002F, 0.0101F, 0.0005F, 0.00333F};
  return scales;
}

std::vector<float> times(const std::vector<float>& scales, float factor) {
  std::vector<float> result = scales;
  for (float& scale : result) scale *= factor;
  return result;
}

}  // namespace

Graph per_channel_product() {
  GraphBuilder b;
  constexpr float kScale = 0.05F;
  const int x = b.input("x", {1, 12}, TensorType::kInt8, kScale, 7);
  const int bias = b.int32_bias("bias", 5, times(unit_scales(), kScale));
  const int y = b.op(Op::kFullyConnected, {x, b.int8_weights("weights", {5, 12}, unit_scales(), 0), bias},
                     b.activation("scores", {1, 5}, TensorType::kInt8, 0.02F, -3), models::FullyConnectedOptions{}, 4);
  return b.finish({y});
}

Graph per_channel_product_int16() {
  GraphBuilder b;
  constexpr float kScale = 0.0002F;
  const int x = b.input("x", {1, 12}, TensorType::kInt16, kScale, 0);
  models::Tensor bias{.name = "bias", .type = TensorType::kInt64, .shape = {5}};
  bias.quantization.scales = times(unit_scales(), kScale);
  bias.quantization.zero_points.assign(5, 0);
  const int bias_index =
      models::add_constant(b.graph(), bias, models::bytes_of(std::vector<std::int64_t>{100, -2000, 30, 4000000, -5}));
  const int y =
      b.op(Op::kFullyConnected, {x, b.int8_weights("weights", {5, 12}, unit_scales(), 0), bias_index},
           b.activation("scores", {1, 5}, TensorType::kInt16, 0.0001F, 0), models::FullyConnectedOptions{}, 7);
  return b.finish({y});
}

Graph per_channel_product_hybrid() {
  GraphBuilder b;
  const int x = b.input("x", {1, 12});
  const int y =
      b.op(Op::kFullyConnected, {x, b.int8_weights("weights", {5, 12}, unit_scales(), 0), b.pattern("bias", {5})},
           b.activation("scores", {1, 5}), models::FullyConnectedOptions{.asymmetric_quantize_inputs = true}, 12);
  return b.finish({y});
}

int add_dynamic_flatten(GraphBuilder& b, int data, int rest) {
  const int shape = b.op(Op::kShape, {data}, b.activation("shape", {4}, TensorType::kInt32),
                         models::ShapeOptions{TensorType::kInt32});
  const int batch =
      b.op(Op::kStridedSlice, {shape, b.int32s("from", {1}, {0}), b.int32s("to", {1}, {1}), b.int32s("step", {1}, {1})},
           b.activation("batch", {}, TensorType::kInt32), models::StridedSliceOptions{.shrink_axis_mask = 1});
  const int target = b.op(Op::kPack, {batch, b.int32s("rest", {}, {rest})},
                          b.activation("target", {2}, TensorType::kInt32), models::PackOptions{2, 0});
  return b.op(Op::kReshape, {data, target}, b.activation("flat", {1, rest}), models::ReshapeOptions{});
}

Graph dynamic_flatten() {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 3});
  const int conv = b.op(Op::kConv2D, {image, b.pattern("conv/weights", {4, 3, 3, 3}), b.pattern("conv/bias", {4})},
                        b.activation("conv", {1, 4, 4, 4}),
                        models::Conv2DOptions{.stride_w = 2, .stride_h = 2, .activation = models::Activation::kRelu});
  const int pooled = b.op(Op::kMaxPool2D, {conv}, b.activation("pool", {1, 2, 2, 4}),
                          models::Pool2DOptions{.stride_w = 2, .stride_h = 2, .filter_w = 2, .filter_h = 2});
  const int flat = add_dynamic_flatten(b, pooled, 16);
  const int logits = b.op(Op::kFullyConnected, {flat, b.pattern("fc/weights", {3, 16}), b.pattern("fc/bias", {3})},
                          b.activation("logits", {1, 3}), models::FullyConnectedOptions{});
  return b.finish({b.op(Op::kSoftmax, {logits}, b.activation("scores", {1, 3}), models::SoftmaxOptions{1.0F})});
}

Graph per_channel_convolution() {
  GraphBuilder b;
  const int x = b.input("x", {1, 3, 3, 2}, TensorType::kInt8, 0.05F, 7);
  const std::vector<float> scales{0.01F, 0.02F, 0.05F};
  const int y =
      b.op(Op::kConv2D,
           {x, b.int8_weights("weights", {3, 1, 1, 2}, scales, 0), b.int32_bias("bias", 3, times(scales, 0.05F))},
           b.activation("y", {1, 3, 3, 3}, TensorType::kInt8, 0.1F, 0),
           models::Conv2DOptions{.stride_w = 1, .stride_h = 1}, 3);
  return b.finish({y});
}

Graph with_per_channel_scores(Graph graph) {
  constexpr int kUnit = 1;
  constexpr int kCoarser = 32;
  for (models::Operator& op : graph.operators) {
    if (op.op != Op::kFullyConnected) continue;
    const std::vector<std::int64_t> weights = models::constant_ints(graph, op.inputs[1]);
    const std::vector<std::int64_t> bias = models::constant_ints(graph, op.inputs[2]);
    const auto units = static_cast<std::size_t>(graph.tensors[static_cast<std::size_t>(op.inputs[1])].shape[0]);
    const std::size_t depth = weights.size() / units;
    std::vector<std::int8_t> coarse_weights(weights.begin(), weights.end());
    std::vector<std::int32_t> coarse_bias(bias.begin(), bias.end());
    for (std::size_t i = kUnit * depth; i < (kUnit + 1) * depth; ++i) {
      coarse_weights[i] = static_cast<std::int8_t>(coarse_weights[i] / kCoarser);
    }
    coarse_bias[kUnit] /= kCoarser;
    graph.buffers[graph.tensors[static_cast<std::size_t>(op.inputs[1])].buffer] = models::bytes_of(coarse_weights);
    graph.buffers[graph.tensors[static_cast<std::size_t>(op.inputs[2])].buffer] = models::bytes_of(coarse_bias);
    for (std::size_t i : {1U, 2U}) {
      models::TensorQuantization& q = graph.tensors[static_cast<std::size_t>(op.inputs[i])].quantization;
      q.scales.assign(units, q.scales[0]);
      q.scales[kUnit] *= kCoarser;
      q.zero_points.assign(units, 0);
      q.axis = 0;
    }
  }
  return graph;
}

Graph hybrid_depthwise(int scales) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 4});
  const int weights = b.int8_weights("weights", {1, 3, 3, 4},
                                     std::vector<float>(static_cast<std::size_t>(scales), 0.02F), scales > 1 ? 3 : 0);
  const int y =
      b.op(Op::kDepthwiseConv2D, {x, weights, b.pattern("bias", {4})}, b.activation("y", {1, 4, 4, 4}),
           models::DepthwiseConv2DOptions{.stride_w = 1, .stride_h = 1, .depth_multiplier = 1}, scales > 1 ? 6 : 4);
  return b.finish({y});
}

}  // namespace qbench::testing
