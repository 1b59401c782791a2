// SPDX-License-Identifier: Apache-2.0
// The validator's rules of single ops: a sound use of each op has no finding, and each way to misuse it has one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "models/validator.h"
#include "tests/models/op_uses.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A change of such a graph that the rule must notice.
struct Misuse {
  const char* use;
  const char* name;
  std::function<void(Graph&)> change;
  const char* message;
};

Operator& op0(Graph& graph) { return graph.operators[0]; }
template <typename Options>
Options& options0(Graph& graph) {
  return std::get<Options>(op0(graph).options);
}
Tensor& in0(Graph& graph, std::size_t position = 0) {
  return graph.tensors[static_cast<std::size_t>(op0(graph).inputs[position])];
}
Tensor& out0(Graph& graph) { return graph.tensors[static_cast<std::size_t>(op0(graph).outputs[0])]; }
void reshape(Tensor& tensor, std::vector<int> shape) {
  tensor.shape = std::move(shape);
  tensor.shape_signature.clear();
}
void set_values(Graph& graph, std::size_t position, const std::vector<std::int32_t>& values) {
  graph.buffers[in0(graph, position).buffer] = bytes_of(values);
}

std::vector<Misuse> make_misuses() {
  using G = Graph&;
  const auto no_options = [](G g) { op0(g).options = std::monostate{}; };
  const auto int8_output = [](G g) { out0(g).type = TensorType::kInt8; };
  return {
      {"conv", "NoOptions", no_options, "its option table is missing"},
      {"conv", "OtherOptions", [](G g) { op0(g).options = Pool2DOptions{}; }, "or of another op"},
      {"conv", "Padding", [](G g) { options0<Conv2DOptions>(g).padding = Padding{2}; }, "padding 2 does not exist"},
      {"conv", "Stride", [](G g) { options0<Conv2DOptions>(g).stride_w = 0; }, "its horizontal stride is 0"},
      {"conv", "Dilation", [](G g) { options0<Conv2DOptions>(g).dilation_h = -1; }, "its vertical dilation is -1"},
      {"conv", "Activation", [](G g) { options0<Conv2DOptions>(g).activation = Activation::kTanh; }, "activation 4"},
      {"conv", "OtherStride", [](G g) { options0<Conv2DOptions>(g).stride_w = 1; }, "its operands give 1x4x5x3"},
      {"conv", "DoesNotFit", [](G g) { options0<Conv2DOptions>(g).dilation_w = 9; }, "window does not fit into"},
      {"conv", "Channels",
       [](G g) {
         reshape(in0(g, 1), {2, 3, 3, 3});
       },
       "grouped convolution has no kernel"},
      {"conv", "WeightRank", [](G g) { reshape(in0(g, 1), {54}); }, "where 4 dimensions are needed"},
      {"conv", "WeightsComputed",
       [](G g) {
         in0(g, 1).buffer = 0;
         g.inputs.push_back(op0(g).inputs[1]);
       },
       "its weights 'w' are not constant"},
      {"conv", "BiasIsTheWeights", [](G g) { op0(g).inputs[2] = op0(g).inputs[1]; }, "its bias holds 54 values"},
      {"conv", "BiasType", [](G g) { in0(g, 2).type = TensorType::kInt32; }, "its bias 'b' is of type int32"},
      {"conv", "OutputType", int8_output, "its output is of type int8 for float32 data"},
      {"conv_int8", "NoInputScale", [](G g) { in0(g).quantization = {}; }, "without a scale of its own"},
      {"conv_int8", "NoWeightScale", [](G g) { in0(g, 1).quantization = {}; }, "its int8 weights have no scale"},
      {"conv_int8", "WeightAxis",
       [](G g) {
         in0(g, 1).quantization = {.scales = {1, 1}, .zero_points = {0, 0}, .axis = 3};
       },
       "along dimension 3 where the kernel reads dimension 0"},
      {"conv_int8", "FloatBias", [](G g) { in0(g, 2).type = TensorType::kFloat32; }, "its bias 'b' is of type float32"},
      {"depthwise", "Multiplier", [](G g) { options0<DepthwiseConv2DOptions>(g).depth_multiplier = 0; },
       "its depth multiplier is 0"},
      {"depthwise", "OtherMultiplier", [](G g) { options0<DepthwiseConv2DOptions>(g).depth_multiplier = 1; },
       "with depth multiplier 1"},
      {"depthwise", "NoBias", [](G g) { op0(g).inputs[2] = kNoTensor; }, "its operand 2 is missing"},
      {"transpose_conv", "Shape",
       [](G g) {
         set_values(g, 0, {1, 8, 8, 4});
       },
       "its operands give 1x8x8x4"},
      {"transpose_conv", "Stride", [](G g) { options0<TransposeConvOptions>(g).stride_w = 1; },
       "does not come from data"},
      {"transpose_conv", "ComputedShape",
       [](G g) {
         in0(g, 0).buffer = 0;
         g.inputs.push_back(op0(g).inputs[0]);
       },
       "not a constant of four int32"},
      {"pool", "Filter", [](G g) { options0<Pool2DOptions>(g).filter_h = 0; }, "its filter height is 0"},
      {"pool", "TooLarge", [](G g) { options0<Pool2DOptions>(g).filter_w = 9; }, "3x9 window does not fit"},
      {"pool", "Rank",
       [](G g) {
         reshape(in0(g), {1, 128});
       },
       "where 4 dimensions are needed"},
      {"dense", "Depth",
       [](G g) {
         reshape(in0(g, 1), {4, 5});
       },
       "do not fit data"},
      {"dense", "Units",
       [](G g) {
         reshape(out0(g), {5, 6});
       },
       "its operands give 6x5"},
      {"dense", "Bias",
       [](G g) {
         reshape(in0(g, 2), {1, 5});
         reshape(in0(g, 1), {4, 5});
       },
       "do not fit data"},
      {"dense", "Format", [](G g) { options0<FullyConnectedOptions>(g).weights_format = 1; }, "weights format 1"},
      {"dense_keep", "Shape", [](G g) { options0<FullyConnectedOptions>(g).keep_num_dims = false; },
       "its operands give 6x5"},
      {"matmul", "Adjoint", [](G g) { options0<BatchMatMulOptions>(g).adj_y = false; }, "do not fit"},
      {"add", "Shapes",
       [](G g) {
         reshape(in0(g, 1), {2, 1});
       },
       "its operands 1x4x4x2 and 2x1 do not fit"},
      {"add", "Types", [](G g) { in0(g, 1).type = TensorType::kInt32; }, "are of types float32, int32, float32"},
      {"add", "Output",
       [](G g) {
         reshape(out0(g), {1, 4, 2, 4});
       },
       "its operands give 1x4x4x2"},
      {"add_int8", "Scale", [](G g) { out0(g).quantization.scales = {1e-8F}; }, "is too small for an input scale"},
      {"relu", "Shape", [](G g) { reshape(out0(g), {4}); }, "its operands give 1x4"},
      {"relu", "Type", int8_output, "its output is of type int8"},
      {"neg", "Type", [](G g) { in0(g).type = TensorType::kInt8; }, "its operand 'x' is of type int8"},
      {"softmax", "Beta", [](G g) { options0<SoftmaxOptions>(g).beta = -1.0F; }, "its beta is -1"},
      {"leaky", "Alpha", [](G g) { options0<LeakyReluOptions>(g).alpha = INFINITY; }, "its alpha is inf"},
      {"l2", "Activation", [](G g) { options0<L2NormOptions>(g).activation = Activation::kRelu; }, "fused activation"},
      {"lrn", "Radius", [](G g) { options0<LocalResponseNormalizationOptions>(g).radius = -1; }, "its radius is -1"},
      {"fake_quant", "Bits", [](G g) { options0<FakeQuantOptions>(g).num_bits = 0; }, "its 0 bits"},
      {"fake_quant", "Range", [](G g) { options0<FakeQuantOptions>(g).min = 0.5F; }, "does not hold zero"},
      {"prelu", "Slopes",
       [](G g) {
         reshape(in0(g, 1), {2, 1});
       },
       "its operands 1x4x4x2 and 2x1 do not fit"},
      {"quantize", "NoScale", [](G g) { out0(g).quantization = {}; }, "without a scale of its own"},
      {"quantize", "Type", [](G g) { out0(g).type = TensorType::kInt64; }, "its output 'y' is of type int64"},
      {"dequantize", "NoScale", [](G g) { in0(g).quantization = {}; }, "has no scale"},
      {"dequantize", "Shape",
       [](G g) {
         reshape(out0(g), {2, 2});
       },
       "its operands give 1x4"},
      {"cast", "Type", [](G g) { out0(g).type = TensorType::kComplex64; }, "is of type complex64"},
      {"reshape", "Elements",
       [](G g) {
         reshape(out0(g), {2, 9});
       },
       "does not hold the elements of"},
      {"reshape", "Target",
       [](G g) {
         set_values(g, 1, {4, 4});
       },
       "its operands give 4x4"},
      {"reshape", "TwoFree",
       [](G g) {
         set_values(g, 1, {-1, -1});
       },
       "does not divide"},
      {"reshape", "Indivisible",
       [](G g) {
         set_values(g, 1, {-1, 7});
       },
       "does not divide 16 elements"},
      {"squeeze", "NotOne", [](G g) { options0<SqueezeOptions>(g).squeeze_dims = {1}; }, "cannot be squeezed"},
      {"squeeze", "Axis", [](G g) { options0<SqueezeOptions>(g).squeeze_dims = {4}; }, "axis 4 of a tensor with 4"},
      {"expand", "Axis", [](G g) { set_values(g, 1, {3}); }, "axis 3 of a tensor with 3"},
      {"concat", "Axis", [](G g) { options0<ConcatenationOptions>(g).axis = 2; }, "axis 2 of a tensor with 2"},
      {"concat", "Shapes", [](G g) { options0<ConcatenationOptions>(g).axis = 0; }, "do not fit"},
      {"concat", "Missing", [](G g) { op0(g).inputs[1] = kNoTensor; }, "operand 1 is missing"},
      {"pad", "Negative",
       [](G g) {
         set_values(g, 1, {0, 0, -1, 3, 0, 2, 0, 0});
       },
       "paddings of -1 and 3"},
      {"pad", "Shape",
       [](G g) {
         set_values(g, 1, {0, 0, 1, 2, 0, 2, 0, 0});
       },
       "its operands give 1x7x6x2"},
      {"pad", "Computed",
       [](G g) {
         in0(g, 1).buffer = 0;
         g.inputs.push_back(op0(g).inputs[1]);
       },
       "is not a constant of the file"},
      {"mirror", "TooFar",
       [](G g) {
         set_values(g, 1, {0, 0, 1, 1, 0, 4, 0, 0});
       },
       "mirrors past"},
      {"mirror", "Mode", [](G g) { options0<MirrorPadOptions>(g).mode = 2; }, "mirror mode 2"},
      {"mean", "Axis",
       [](G g) {
         set_values(g, 1, {1, 4});
       },
       "axis 4 of a tensor with 4"},
      {"mean", "Keep", [](G g) { options0<ReducerOptions>(g).keep_dims = false; }, "its operands give 1x2"},
      {"arg_max", "Type", [](G g) { options0<ArgMaxOptions>(g).output_type = TensorType::kInt64; }, "ask for int64"},
      {"resize", "Size",
       [](G g) {
         set_values(g, 1, {0, 8});
       },
       "an output side of 0"},
      {"resize", "Flags",
       [](G g) {
         options0<ResizeBilinearOptions>(g) = {true, true};
       },
       "exclude each other"},
      {"transpose", "Order",
       [](G g) {
         set_values(g, 1, {0, 0, 1});
       },
       "names dimension 0 twice"},
      {"slice", "Begin",
       [](G g) {
         set_values(g, 1, {0, 4, 1});
       },
       "it begins at 4"},
      {"slice", "Size",
       [](G g) {
         set_values(g, 2, {1, 4, -1});
       },
       "it takes 4 from 1"},
      {"strided", "Stride",
       [](G g) {
         set_values(g, 3, {1, 0, 1});
       },
       "a stride of 0"},
      {"strided", "Shrink",
       [](G g) {
         set_values(g, 1, {0, 1, 4});
       },
       "it takes element 4"},
      {"strided", "Ellipsis", [](G g) { options0<StridedSliceOptions>(g).ellipsis_mask = 1; }, "has no rule"},
      {"strided", "Empty",
       [](G g) {
         set_values(g, 1, {0, 7, -1});
       },
       "an output side of"},
      {"split", "Count", [](G g) { options0<SplitOptions>(g).num_splits = 3; }, "it splits into 3 but has 2 outputs"},
      {"split_v", "Sum",
       [](G g) {
         set_values(g, 1, {2, 3});
       },
       "do not add up to 6"},
      {"pack", "Count", [](G g) { options0<PackOptions>(g).values_count = 2; }, "it packs 2 but has 3 operands"},
      {"unpack", "Count", [](G g) { options0<UnpackOptions>(g).axis = 2; }, "it unpacks 2 of 1x2x4 into 2 outputs"},
      {"gather", "Index",
       [](G g) {
         set_values(g, 1, {3, 4, 3});
       },
       "it gathers element 4 of 4"},
      {"gather", "Batch", [](G g) { options0<GatherOptions>(g).batch_dims = 1; }, "batch dimensions have no rule"},
      {"space_to_depth", "Block", [](G g) { options0<SpaceToDepthOptions>(g).block_size = 3; }, "does not divide"},
      {"depth_to_space", "Block", [](G g) { options0<DepthToSpaceOptions>(g).block_size = 3; }, "does not divide"},
      {"shape", "Rank", [](G g) { reshape(out0(g), {3}); }, "its operands give 2"},
  };
}

void PrintTo(const Misuse& misuse, std::ostream* out) { *out << misuse.use << " " << misuse.name; }

class OpUseTest : public ::testing::TestWithParam<Use> {};

TEST_P(OpUseTest, ASoundUseHasNoFinding) {
  for (const Finding& finding : validate(GetParam().make())) {
    ADD_FAILURE() << finding.message;
  }
}

INSTANTIATE_TEST_SUITE_P(All, OpUseTest, ::testing::ValuesIn(make_uses()),
                         [](const auto& use) { return std::string(use.param.name); });

class OpMisuseTest : public ::testing::TestWithParam<Misuse> {};

TEST_P(OpMisuseTest, IsFatalAndNamed) {
  for (const Use& use : make_uses()) {
    if (std::string_view(use.name) == GetParam().use) {
      Graph graph = use.make();
      GetParam().change(graph);
      const std::vector<Finding> findings = validate(graph);
      ASSERT_FALSE(findings.empty());
      EXPECT_EQ(findings[0].severity, Severity::kFatal) << findings[0].message;
      EXPECT_THAT(findings[0].message, HasSubstr(GetParam().message));
      return;
    }
  }
  FAIL() << "no such use";
}

INSTANTIATE_TEST_SUITE_P(All, OpMisuseTest, ::testing::ValuesIn(make_misuses()),
                         [](const auto& misuse) { return std::string(misuse.param.use) + "_" + misuse.param.name; });

std::vector<Finding> of_severity(const Graph& graph, Severity severity) {
  std::vector<Finding> result;
  for (const Finding& finding : validate(graph)) {
    if (finding.severity == severity) {
      result.push_back(finding);
    }
  }
  return result;
}

TEST(OpRulesTest, DifferentScalesAroundACopyAreWrongNumbers) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 1}, TensorType::kInt8, 0.1F, 0);
  const int y = b.op(Op::kMaxPool2D, {x}, b.activation("y", {1, 2, 2, 1}, TensorType::kInt8, 0.2F, 0),
                     Pool2DOptions{Padding::kValid, 2, 2, 2, 2});
  const auto wrong = of_severity(b.finish({y}), Severity::kWrongNumbers);
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_THAT(wrong[0].message, HasSubstr("its kernel copies integers, but 'x' and 'y' have different scales"));
}

TEST(OpRulesTest, ScalesThatDifferByRoundingAreTheSame) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 1}, TensorType::kInt8, 0.1F, 0);
  const int y = b.op(Op::kMaxPool2D, {x}, b.activation("y", {1, 2, 2, 1}, TensorType::kInt8, 0.10001F, 0),
                     Pool2DOptions{Padding::kValid, 2, 2, 2, 2});
  EXPECT_THAT(validate(b.finish({y})), IsEmpty());
}

TEST(OpRulesTest, Uint8DivisionIsWrongNumbers) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4}, TensorType::kUint8, 0.1F, 0);
  const int y = b.op(Op::kDiv, {x, x}, b.activation("y", {1, 4}, TensorType::kUint8, 0.1F, 0), DivOptions{});
  EXPECT_EQ(of_severity(b.finish({y}), Severity::kWrongNumbers).size(), 1U);
}

TEST(OpRulesTest, PerChannelDenseWeightsAreWrongNumbers) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4}, TensorType::kInt8, 0.1F, 0);
  const int y = b.op(Op::kFullyConnected, {x, b.int8_weights("w", {2, 4}, {0.1F, 0.2F}, 0)},
                     b.activation("y", {1, 2}, TensorType::kInt8, 0.1F, 0), FullyConnectedOptions{});
  const auto wrong = of_severity(b.finish({y}), Severity::kWrongNumbers);
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_THAT(wrong[0].message, HasSubstr("quantize per tensor"));
}

TEST(OpRulesTest, HybridDepthwiseWithOneScaleIsWrongNumbers) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 2});
  const int w = b.int8_weights("w", {1, 1, 1, 2}, {0.1F}, 3);
  const int y = b.op(Op::kDepthwiseConv2D, {x, w, b.pattern("b", {2})}, b.activation("y", {1, 4, 4, 2}),
                     DepthwiseConv2DOptions{.stride_w = 1, .stride_h = 1, .depth_multiplier = 1});
  EXPECT_EQ(of_severity(b.finish({y}), Severity::kWrongNumbers).size(), 1U);
}

TEST(OpRulesTest, FixedOutputScalesAreChecked) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4}, TensorType::kInt8, 0.1F, 0);
  const int y = b.op(Op::kLogistic, {x}, b.activation("y", {1, 4}, TensorType::kInt8, 1.0F / 255, -128));
  EXPECT_EQ(of_severity(b.finish({y}), Severity::kWrongNumbers).size(), 1U);
}

TEST(OpRulesTest, MissingIntegerKernelsAreNamed) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4}, TensorType::kInt16, 0.1F, 0);
  const int y = b.op(Op::kHardSwish, {x}, b.activation("y", {1, 4}, TensorType::kInt16, 0.1F, 0));
  const auto missing = of_severity(b.finish({y}), Severity::kNoKernel);
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_THAT(missing[0].message, HasSubstr("no good int16 kernel"));
}

}  // namespace
}  // namespace qbench::models
