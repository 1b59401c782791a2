// SPDX-License-Identifier: Apache-2.0
#include "models/dot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(DotTest, DrawsOpsWithTheirOptionsAndCost) {
  const std::string dot = to_dot(testing::tiny_float_graph(), "tiny");
  EXPECT_THAT(dot, StartsWith("digraph model {"));
  EXPECT_THAT(dot, HasSubstr("label=\"tiny\""));
  EXPECT_THAT(dot, HasSubstr("op0 [label=\"CONV_2D\\nstride 2x2 same RELU6\\n1728 MACs\\n+ 4x3x3x3 float32"));
  EXPECT_THAT(dot, HasSubstr("op2 [label=\"ADD\\nRELU\"]"));
}

TEST(DotTest, EdgesCarryShapesAndQuantization) {
  const std::string dot = to_dot(testing::tiny_int8_graph(), "tiny");
  EXPECT_THAT(dot, HasSubstr("in0 -> op0 [label=\"1x8x8x3 int8\\n0.05 (q - -128)\"]"));
  EXPECT_THAT(dot, HasSubstr("op0 -> op1 [label=\"1x4x4x4 int8"));
  EXPECT_THAT(dot, HasSubstr("op0 -> op2 [label="));
  EXPECT_THAT(dot, HasSubstr("op5 -> out0 [label=\"1x4 int8\\n0.00390625 (q - -128)\"]"));
}

TEST(DotTest, HostileNamesStayInsideTheirQuotes) {
  Graph graph = testing::tiny_float_graph();
  graph.tensors[static_cast<std::size_t>(graph.inputs[0])].name = "a\"]; evil -> op0 [label=\"\\";
  graph.operators[5].op = Op::kCustom;
  graph.operators[5].custom_code = "x\"];\n evil2";
  const std::string dot = to_dot(graph, "t\"]; evil3");
  EXPECT_THAT(dot, HasSubstr("label=\"a\\\"]; evil -> op0 [label=\\\"\\\\\""));
  EXPECT_THAT(dot, Not(HasSubstr("\n evil2")));
  EXPECT_THAT(dot, HasSubstr("label=\"t\\\"]; evil3\""));
}

TEST(DotTest, AGraphWithImpossibleShapesIsDrawnToo) {
  Graph graph = testing::tiny_float_graph();
  graph.tensors[static_cast<std::size_t>(graph.operators[0].outputs[0])].shape = {-1, -1};
  graph.operators[1].inputs[0] = static_cast<int>(graph.tensors.size());
  graph.tensors.push_back({.name = "made by nobody"});
  EXPECT_THAT(to_dot(graph, "broken"), HasSubstr("op1"));
}

}  // namespace
}  // namespace qbench::models
