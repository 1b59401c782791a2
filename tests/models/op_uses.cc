// SPDX-License-Identifier: Apache-2.0
#include "tests/models/op_uses.h"

#include <utility>

#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;

constexpr float kScale = 0.1F;
using Build = std::function<int(GraphBuilder&, int)>;

Use with_input(const char* name, std::vector<int> shape, Build build, TensorType type = TensorType::kFloat32) {
  return {name, [shape, build, type] {
            GraphBuilder b;
            const bool quantized = type == TensorType::kInt8;
            const int x = b.input("x", shape, type, quantized ? kScale : 0.0F, 0);
            return b.finish({build(b, x)});
          }};
}

/// x -> op -> y with constant operands; `type` for both ends.
Use simple(const char* name, Op op, std::vector<int> in, std::vector<int> out, OperatorOptions options = {},
           std::vector<std::vector<std::int32_t>> operands = {}, TensorType type = TensorType::kFloat32) {
  return with_input(
      name, std::move(in),
      [=](GraphBuilder& b, int x) {
        std::vector<int> inputs{x};
        for (const auto& values : operands) {
          inputs.push_back(b.int32s("operand", {static_cast<int>(values.size())}, values));
        }
        return b.op(op, inputs, b.activation("y", out, type, type == TensorType::kInt8 ? kScale : 0.0F, 0), options);
      },
      type);
}

Use pad_use(const char* name, Op op, OperatorOptions options) {
  return with_input(name, {1, 4, 4, 2}, [=](GraphBuilder& b, int x) {
    const int amounts = b.int32s("amounts", {4, 2}, {0, 0, 1, 1, 0, 2, 0, 0});
    return b.op(op, {x, amounts}, b.activation("y", {1, 6, 6, 2}), options);
  });
}

}  // namespace

std::vector<Use> make_uses() {
  const Conv2DOptions conv{.padding = Padding::kValid, .stride_w = 2, .stride_h = 2, .dilation_w = 2, .dilation_h = 1};
  return {
      with_input("conv", {1, 9, 9, 2},
                 [=](GraphBuilder& b, int x) {
                   return b.op(Op::kConv2D, {x, b.pattern("w", {3, 3, 3, 2}), b.pattern("b", {3})},
                               b.activation("y", {1, 4, 3, 3}), conv);
                 }),
      with_input(
          "conv_int8", {1, 4, 4, 2},
          [](GraphBuilder& b, int x) {
            const int w = b.int8_weights("w", {3, 1, 1, 2}, {kScale, kScale, kScale}, 0);
            return b.op(Op::kConv2D, {x, w, b.int32_bias("b", 3, {0.01F, 0.01F, 0.01F})},
                        b.activation("y", {1, 4, 4, 3}, TensorType::kInt8, kScale, 0),
                        Conv2DOptions{.stride_w = 1, .stride_h = 1});
          },
          TensorType::kInt8),
      with_input("depthwise", {1, 8, 8, 2},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kDepthwiseConv2D, {x, b.pattern("w", {1, 3, 3, 4}), b.pattern("b", {4})},
                               b.activation("y", {1, 4, 4, 4}),
                               DepthwiseConv2DOptions{.stride_w = 2, .stride_h = 2, .depth_multiplier = 2});
                 }),
      with_input("transpose_conv", {1, 4, 4, 2},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kTransposeConv,
                               {b.int32s("shape", {4}, {1, 8, 8, 3}), b.pattern("w", {3, 3, 3, 2}), x},
                               b.activation("y", {1, 8, 8, 3}), TransposeConvOptions{Padding::kSame, 2, 2});
                 }),
      simple("pool", Op::kAveragePool2D, {1, 8, 8, 2}, {1, 3, 3, 2}, Pool2DOptions{Padding::kValid, 2, 2, 3, 3}),
      with_input("dense", {2, 3, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kFullyConnected, {x, b.pattern("w", {5, 4}), b.pattern("b", {5})},
                               b.activation("y", {6, 5}), FullyConnectedOptions{});
                 }),
      with_input("dense_keep", {2, 3, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kFullyConnected, {x, b.pattern("w", {5, 4})}, b.activation("y", {2, 3, 5}),
                               FullyConnectedOptions{.keep_num_dims = true});
                 }),
      with_input("matmul", {2, 3, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kBatchMatMul, {x, b.pattern("w", {2, 5, 4})}, b.activation("y", {2, 3, 5}),
                               BatchMatMulOptions{.adj_y = true});
                 }),
      with_input("add", {1, 4, 4, 2},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kAdd, {x, b.pattern("c", {1, 2})}, b.activation("y", {1, 4, 4, 2}), AddOptions{});
                 }),
      with_input(
          "add_int8", {1, 4},
          [](GraphBuilder& b, int x) {
            return b.op(Op::kAdd, {x, b.int8_weights("c", {1, 4}, {kScale}, 0)},
                        b.activation("y", {1, 4}, TensorType::kInt8, kScale, 0), AddOptions{});
          },
          TensorType::kInt8),
      simple("relu", Op::kRelu, {1, 4}, {1, 4}),
      simple("neg", Op::kNeg, {1, 4}, {1, 4}),
      simple("softmax", Op::kSoftmax, {1, 4}, {1, 4}, SoftmaxOptions{1.0F}),
      simple("leaky", Op::kLeakyRelu, {1, 4}, {1, 4}, LeakyReluOptions{0.1F}),
      simple("l2", Op::kL2Normalization, {1, 4}, {1, 4}, L2NormOptions{}),
      simple("lrn", Op::kLocalResponseNormalization, {1, 2, 2, 4}, {1, 2, 2, 4},
             LocalResponseNormalizationOptions{2, 1.0F, 1.0F, 0.5F}),
      simple("fake_quant", Op::kFakeQuant, {1, 4}, {1, 4}, FakeQuantOptions{-1.0F, 1.0F, 8, false}),
      with_input("prelu", {1, 4, 4, 2},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kPrelu, {x, b.pattern("a", {1, 1, 2})}, b.activation("y", {1, 4, 4, 2}));
                 }),
      with_input("quantize", {1, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kQuantize, {x}, b.activation("y", {1, 4}, TensorType::kInt8, kScale, 0));
                 }),
      with_input(
          "dequantize", {1, 4},
          [](GraphBuilder& b, int x) {
            return b.op(Op::kDequantize, {x}, b.activation("y", {1, 4}));
          },
          TensorType::kInt8),
      with_input("cast", {1, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kCast, {x}, b.activation("y", {1, 4}, TensorType::kInt32),
                               CastOptions{TensorType::kFloat32, TensorType::kInt32});
                 }),
      simple("reshape", Op::kReshape, {1, 4, 4}, {2, 8}, {}, {{-1, 8}}),
      simple("squeeze", Op::kSqueeze, {1, 4, 1, 2}, {1, 4, 2}, SqueezeOptions{{2}}),
      simple("expand", Op::kExpandDims, {1, 4}, {1, 1, 4}, {}, {{-2}}),
      with_input("concat", {1, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kConcatenation, {x, b.pattern("c", {1, 3})}, b.activation("y", {1, 7}),
                               ConcatenationOptions{-1});
                 }),
      pad_use("pad", Op::kPad, {}),
      pad_use("mirror", Op::kMirrorPad, MirrorPadOptions{0}),
      simple("mean", Op::kMean, {1, 4, 4, 2}, {1, 1, 1, 2}, ReducerOptions{true}, {{1, -2}}),
      with_input("arg_max", {1, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kArgMax, {x, b.int32s("axis", {}, {-1})}, b.activation("y", {1}, TensorType::kInt32),
                               ArgMaxOptions{TensorType::kInt32});
                 }),
      simple("resize", Op::kResizeBilinear, {1, 4, 4, 2}, {1, 6, 8, 2}, ResizeBilinearOptions{}, {{6, 8}}),
      simple("transpose", Op::kTranspose, {1, 2, 3}, {3, 1, 2}, {}, {{2, 0, 1}}),
      simple("slice", Op::kSlice, {1, 4, 4}, {1, 2, 3}, {}, {{0, 1, 1}, {1, 2, -1}}),
      simple("strided", Op::kStridedSlice, {1, 8, 4}, {1, 3}, StridedSliceOptions{.shrink_axis_mask = 4},
             {{0, 1, -1}, {1, 7, 4}, {1, 2, 1}}),
      with_input("split", {1, 6},
                 [](GraphBuilder& b, int x) {
                   const int y = b.activation("y", {1, 3});
                   const int z = b.activation("z", {1, 3});
                   b.op(Op::kSplit, {b.int32s("axis", {}, {1}), x}, y, SplitOptions{2});
                   b.graph().operators[0].outputs = {y, z};
                   return b.op(Op::kAdd, {y, z}, b.activation("sum", {1, 3}), AddOptions{});
                 }),
      with_input(
          "split_v", {1, 6},
          [](GraphBuilder& b, int x) {
            const int y = b.activation("y", {1, 2});
            const int z = b.activation("z", {1, 4});
            b.op(Op::kSplitV, {x, b.int32s("sizes", {2}, {2, -1}), b.int32s("axis", {}, {1})}, y, SplitVOptions{2});
            b.graph().operators[0].outputs = {y, z};
            b.graph().outputs = {y};
            return z;
          }),
      with_input("pack", {1, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kPack, {x, x, x}, b.activation("y", {1, 3, 4}), PackOptions{3, 1});
                 }),
      with_input("unpack", {1, 2, 4},
                 [](GraphBuilder& b, int x) {
                   const int y = b.activation("y", {1, 4});
                   const int z = b.activation("z", {1, 4});
                   b.op(Op::kUnpack, {x}, y, UnpackOptions{2, 1});
                   b.graph().operators[0].outputs = {y, z};
                   return b.op(Op::kAdd, {y, z}, b.activation("sum", {1, 4}), AddOptions{});
                 }),
      simple("gather", Op::kGather, {1, 4, 2}, {1, 3, 2}, GatherOptions{1, 0}, {{3, 0, 3}}),
      simple("space_to_depth", Op::kSpaceToDepth, {1, 4, 4, 2}, {1, 2, 2, 8}, SpaceToDepthOptions{2}),
      simple("depth_to_space", Op::kDepthToSpace, {1, 2, 2, 8}, {1, 4, 4, 2}, DepthToSpaceOptions{2}),
      with_input("shape", {1, 4},
                 [](GraphBuilder& b, int x) {
                   return b.op(Op::kShape, {x}, b.activation("y", {2}, TensorType::kInt32),
                               ShapeOptions{TensorType::kInt32});
                 }),
  };
}

}  // namespace qbench::models
