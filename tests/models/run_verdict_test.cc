// SPDX-License-Identifier: Apache-2.0
#include "models/run_verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Graph with_custom_ops(const std::vector<std::string>& names) {
  Graph graph = testing::tiny_float_graph();
  for (std::size_t i = 0; i < names.size(); ++i) {
    graph.operators[i].op = Op::kCustom;
    graph.operators[i].custom_code = names[i];
    graph.operators[i].options = {};
  }
  return graph;
}

std::string only_need(const Graph& graph) {
  const std::vector<Obstacle> needs = runtime_needs(graph);
  EXPECT_THAT(needs, SizeIs(1));
  return needs.empty() ? std::string() : obstacle_text(needs.front());
}

Graph with_input_shape(const std::vector<int>& shape, TensorType type = TensorType::kFloat32) {
  Graph graph = testing::tiny_float_graph();
  Tensor& input = graph.tensors[static_cast<std::size_t>(graph.inputs[0])];
  input.shape = shape;
  input.type = type;
  return graph;
}

std::string first_classifier_obstacle(const Graph& graph) {
  const std::vector<Obstacle> found = classifier_obstacles(graph);
  return found.empty() ? std::string() : found.front().because;
}

TEST(RunVerdictTest, APlainClassifierNeedsNothing) {
  EXPECT_THAT(runtime_needs(testing::tiny_float_graph()), IsEmpty());
  EXPECT_THAT(run_obstacles(testing::tiny_int8_graph(), {}), IsEmpty());
}

TEST(RunVerdictTest, FlexOpsNeedTheFlexDelegate) {
  EXPECT_THAT(only_need(with_custom_ops({"FlexErf", "FlexAddV2", "FlexErf"})),
              AllOf(HasSubstr("FlexErf, FlexAddV2 need the Flex delegate"), HasSubstr("TFLITE_BUILTINS")));
}

TEST(RunVerdictTest, CompiledFilesAreToldTheirDevice) {
  EXPECT_THAT(only_need(with_custom_ops({"edgetpu-custom-op"})), HasSubstr("--delegate libedgetpu.so.1"));
  EXPECT_THAT(only_need(with_custom_ops({"ethos-u"})), HasSubstr("the .tflite file that Vela was given"));
}

TEST(RunVerdictTest, AnUnknownCustomOpIsNamed) {
  EXPECT_THAT(only_need(with_custom_ops({"My\nOp"})), HasSubstr("no custom op 'My\\nOp'; give a delegate"));
}

TEST(RunVerdictTest, VersionsAndOpsOfLaterRuntimesAreNamed) {
  Graph graph = testing::tiny_float_graph();
  graph.operators[4].version = 12;
  EXPECT_THAT(only_need(graph), AllOf(HasSubstr("FULLY_CONNECTED version 12 (2.9 knows 9)"), HasSubstr("--library")));
  graph.operators[4].version = 1;
  graph.operators[5].op = static_cast<Op>(206);
  EXPECT_THAT(only_need(graph), HasSubstr("(2.9 has none)"));
}

TEST(RunVerdictTest, AnInputThatIsNoImageIsCalledWhatItLooksLike) {
  EXPECT_THAT(first_classifier_obstacle(with_input_shape({1, 16000})), HasSubstr("it looks like audio samples"));
  EXPECT_THAT(first_classifier_obstacle(with_input_shape({1, 128}, TensorType::kInt32)), HasSubstr("a text"));
  EXPECT_THAT(first_classifier_obstacle(with_input_shape({1}, TensorType::kString)), HasSubstr("it looks like text"));
  EXPECT_THAT(first_classifier_obstacle(with_input_shape({1, 13})), HasSubstr("a row of plain numbers"));
}

TEST(RunVerdictTest, TheGravestReasonComesFirst) {
  Graph graph = with_custom_ops({"FlexErf"});
  const std::vector<Finding> findings = {{Severity::kWrongNumbers, "wrong"}, {Severity::kFatal, "fatal"}};
  const std::vector<Obstacle> found = run_obstacles(graph, findings);
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[0].because, "fatal");
  EXPECT_EQ(found[2].because, "wrong");
}

TEST(RunVerdictTest, CommandsThatRewriteRefuseCustomOps) {
  try {
    require_plain_ops(with_custom_ops({"ethos-u"}), "net.tflite");
    FAIL() << "took a compiled file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("net.tflite: "), HasSubstr("Ethos-U")));
  }
}

}  // namespace
}  // namespace qbench::models
