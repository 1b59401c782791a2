// SPDX-License-Identifier: Apache-2.0
// The checks of tensors, order and limits; the rules of single ops are in op_rules_test.cc.
#include "models/validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "core/error.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Tensor& output_of(Graph& graph, std::size_t op) {
  return graph.tensors[static_cast<std::size_t>(graph.operators[op].outputs[0])];
}
Tensor& operand_of(Graph& graph, std::size_t op, std::size_t position) {
  return graph.tensors[static_cast<std::size_t>(graph.operators[op].inputs[position])];
}

std::string first_fatal(const Graph& graph) {
  for (const Finding& finding : validate(graph)) {
    if (finding.severity == Severity::kFatal) {
      return finding.message;
    }
  }
  return "nothing fatal";
}

TEST(ValidatorTest, SoundGraphsHaveNoFindings) {
  EXPECT_THAT(validate(testing::tiny_float_graph()), IsEmpty());
  EXPECT_THAT(validate(testing::tiny_int8_graph()), IsEmpty());
  EXPECT_THAT(validate(testing::tiny_fixed_batch_graph()), IsEmpty());
}

TEST(ValidatorTest, IntermediateTensorsMayBeOutputs) {
  Graph graph = testing::tiny_float_graph();
  graph.outputs.clear();
  for (const Operator& op : graph.operators) {
    graph.outputs.push_back(op.outputs[0]);
  }
  EXPECT_THAT(validate(graph), IsEmpty());
}

/// One way to break a sound graph and what must be said about it.
struct Broken {
  const char* name;
  std::function<void(Graph&)> change;
  const char* message;
};

void PrintTo(const Broken& broken, std::ostream* out) { *out << broken.name; }

class BrokenGraphTest : public ::testing::TestWithParam<Broken> {};

TEST_P(BrokenGraphTest, IsNamed) {
  Graph graph = testing::tiny_int8_graph();
  GetParam().change(graph);
  EXPECT_THAT(first_fatal(graph), HasSubstr(GetParam().message));
}

const std::vector<Broken> kBroken = {
    {"UnknownType", [](Graph& g) { output_of(g, 1).type = static_cast<TensorType>(77); }, "'dw' is of type 77"},
    {"StringType", [](Graph& g) { output_of(g, 1).type = TensorType::kString; }, "'dw' is of string"},
    {"ZeroDimension", [](Graph& g) { output_of(g, 1).shape[1] = 0; }, "'dw' has the shape 1x0x4x4"},
    {"NegativeDimension", [](Graph& g) { output_of(g, 1).shape[1] = -4; }, "'dw' has the shape"},
    {"HugeShape",
     [](Graph& g) {
       output_of(g, 1).shape = {1, 65536, 65536, 4};
     },
     "more than 2^31 elements"},
    {"TooManyDimensions", [](Graph& g) { output_of(g, 1).shape.assign(9, 1); }, "has 9 dimensions"},
    {"Signature",
     [](Graph& g) {
       output_of(g, 1).shape_signature = {-1, 4};
     },
     "but the signature"},
    {"BufferIndex", [](Graph& g) { output_of(g, 1).buffer = 1000; }, "refers to buffer 1000"},
    {"BufferSize", [](Graph& g) { g.buffers[operand_of(g, 0, 1).buffer].own().pop_back(); },
     "'conv/weights' holds 107 bytes"},
    {"ConstantVariable", [](Graph& g) { operand_of(g, 0, 1).is_variable = true; }, "is a variable and a constant"},
    {"NanScale", [](Graph& g) { output_of(g, 1).quantization.scales = {std::numeric_limits<float>::quiet_NaN()}; },
     "'dw' has the scale nan"},
    {"ZeroScale", [](Graph& g) { operand_of(g, 0, 1).quantization.scales[1] = 0; }, "'conv/weights' has the scale 0"},
    {"NegativeScale", [](Graph& g) { output_of(g, 1).quantization.scales = {-1.0F}; }, "has the scale -1"},
    {"ZeroPointRange", [](Graph& g) { output_of(g, 1).quantization.zero_points = {128}; }, "has the zero point 128"},
    {"ZeroPointCount",
     [](Graph& g) {
       output_of(g, 1).quantization.zero_points = {1, 2};
     },
     "1 scales and 2 zero"},
    {"ScaleCount", [](Graph& g) { operand_of(g, 0, 1).quantization.axis = 1; }, "has 4 scales along dimension 1"},
    {"ScaleAxis", [](Graph& g) { operand_of(g, 0, 1).quantization.axis = 4; }, "along dimension 4"},
    {"ActivationPerChannel",
     [](Graph& g) {
       output_of(g, 1).quantization = {.scales = {1, 1, 1, 1}, .zero_points = {0, 0, 0, 0}, .axis = 3};
     },
     "but is not a constant"},
    {"NoOperators", [](Graph& g) { g.operators.clear(); }, "the graph has no operators"},
    {"NoInputs", [](Graph& g) { g.inputs.clear(); }, "the graph has no inputs"},
    {"NoOutputs", [](Graph& g) { g.outputs.clear(); }, "the graph has no outputs"},
    {"InputTwice", [](Graph& g) { g.inputs.push_back(g.inputs[0]); }, "is an input of the graph twice"},
    {"OutputTwice", [](Graph& g) { g.outputs.push_back(g.outputs[0]); }, "is an output of the graph twice"},
    {"ConstantInput", [](Graph& g) { g.inputs.push_back(g.operators[0].inputs[1]); }, "an input of the graph and a co"},
    {"VariableInput", [](Graph& g) { g.tensors[0].is_variable = true; }, "an input of the graph and a variable"},
    {"DynamicInput",
     [](Graph& g) {
       g.tensors[0].shape_signature = {-1, -1, -1, 3};
     },
     "has the dynamic shape"},
    {"OutputNobodyMakes", [](Graph& g) { g.outputs = {add_tensor(g, output_of(g, 5))}; }, "that no operator produces"},
    {"ReadsTheFuture", [](Graph& g) { std::swap(g.operators[1], g.operators[2]); }, "before any operator has made it"},
    {"WritesAConstant", [](Graph& g) { g.operators[1].outputs = {g.operators[0].inputs[1]}; }, "it writes"},
    {"WritesTwice", [](Graph& g) { g.operators[1].outputs = g.operators[0].outputs; }, "made twice"},
    {"WritesTheInput", [](Graph& g) { g.operators[1].outputs = g.inputs; }, "it writes"},
    {"NoOutput", [](Graph& g) { g.operators[5].outputs.clear(); }, "it has no output"},
    {"UnreadResult", [](Graph& g) { g.operators[2].inputs[1] = g.operators[0].outputs[0]; },
     "DEPTHWISE_CONV_2D #1 'dw': its result is neither read nor an output"},
    {"MissingOperand", [](Graph& g) { g.operators[0].inputs[1] = kNoTensor; }, "its operand 1 is missing"},
    {"TooFewOperands", [](Graph& g) { g.operators[0].inputs.pop_back(); }, "it has 2 operands"},
    {"TooManyOperands", [](Graph& g) { g.operators[0].inputs.push_back(kNoTensor); }, "it has 4 operands"},
    {"TooManyOutputs",
     [](Graph& g) {
       Tensor extra = output_of(g, 0);
       g.operators[0].outputs.push_back(add_tensor(g, extra));
     },
     "it has 2 outputs"},
};

INSTANTIATE_TEST_SUITE_P(All, BrokenGraphTest, ::testing::ValuesIn(kBroken),
                         [](const auto& broken) { return std::string(broken.param.name); });

TEST(ValidatorTest, ActivationMemoryIsLimited) {
  const ValidationLimits limits{.max_activation_bytes = 100};
  const std::vector<Finding> findings = validate(testing::tiny_float_graph(), limits);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].message, HasSubstr("the graph's activations need"));
}

TEST(ValidatorTest, WindowsAreLimited) {
  Graph graph = testing::tiny_float_graph();
  std::get<Conv2DOptions>(graph.operators[0].options).stride_h = 20;
  EXPECT_THAT(validate(graph, {.max_window = 16})[0].message, HasSubstr("its vertical stride is 20; 1 to 16 is sane"));
}

TEST(ValidatorTest, CustomAndUnknownOpsAreWarnings) {
  Graph graph = testing::tiny_float_graph();
  graph.operators[5].op = Op::kCustom;
  graph.operators[5].custom_code = "special";
  graph.operators[2].op = static_cast<Op>(106);  // ADD_N
  const std::vector<Finding> findings = validate(graph);
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_THAT(findings[0].message, HasSubstr("ADD_N #2 'add': an op without a rule"));
  EXPECT_EQ(findings[1].severity, Severity::kWarning);
  EXPECT_THAT(findings[1].message, HasSubstr("CUSTOM #5 'special' 'scores': a custom op"));
}

TEST(ValidatorTest, ADenormalScaleIsAWarning) {
  Graph graph = testing::tiny_int8_graph();
  operand_of(graph, 0, 1).quantization.scales[0] = std::numeric_limits<float>::denorm_min();
  const std::vector<Finding> findings = validate(graph);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
}

TEST(ValidatorTest, EachOpGetsItsOwnFinding) {
  Graph graph = testing::tiny_float_graph();
  std::get<Conv2DOptions>(graph.operators[0].options).stride_h = 0;
  std::get<SoftmaxOptions>(graph.operators[5].options).beta = 0.0F;
  EXPECT_EQ(validate(graph).size(), 2U);
}

TEST(ValidatorTest, RequireValidThrowsTheFirstFatalFinding) {
  require_valid(testing::tiny_float_graph(), "tiny");
  Graph graph = testing::tiny_float_graph();
  graph.outputs.clear();
  try {
    require_valid(graph, "tiny.tflite");
    FAIL() << "accepted a graph without outputs";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    EXPECT_STREQ(error.what(), "tiny.tflite: the graph has no outputs");
  }
}

}  // namespace
}  // namespace qbench::models
