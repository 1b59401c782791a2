// SPDX-License-Identifier: Apache-2.0
#include "models/inspect_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

nlohmann::json json_of(const Graph& graph) { return to_json(inspect(write_tflite(graph), "tiny.tflite")); }

TEST(InspectJsonTest, HoldsTheMainFigures) {
  const nlohmann::json json = json_of(testing::tiny_int8_graph());
  EXPECT_EQ(json["model"], "tiny.tflite");
  EXPECT_EQ(json["precision"], "int8");
  EXPECT_EQ(json["classifier"], true);
  EXPECT_EQ(json["inputs"][0]["shape"], nlohmann::json({1, 8, 8, 3}));
  EXPECT_EQ(json["inputs"][0]["shape_signature"], nlohmann::json({-1, 8, 8, 3}));
  EXPECT_EQ(json["inputs"][0]["zero_point"], nlohmann::json({-128}));
  EXPECT_EQ(json["macs"], 64 * 27 + 64 * 9 + 16);
  EXPECT_EQ(json["ops"].size(), 6U);
  EXPECT_EQ(json["op_kinds"][0]["op"], "CONV_2D");
  EXPECT_TRUE(json["metadata"].is_null());
  EXPECT_TRUE(json["findings"].empty());
}

TEST(InspectJsonTest, HoldsMetadata) {
  const Graph graph = update_metadata(
      testing::tiny_float_graph(),
      {.normalization = Normalization{{1, 2, 3}, {4, 5, 6}}, .labels = std::vector<std::string>{"a", "b", "c", "d"}});
  const nlohmann::json json = json_of(graph);
  EXPECT_EQ(json["metadata"]["labels"], nlohmann::json({"a", "b", "c", "d"}));
  EXPECT_EQ(json["metadata"]["normalization"]["std"], nlohmann::json({4.0, 5.0, 6.0}));
}

TEST(InspectJsonTest, HostileNamesDoNotBreakTheText) {
  Graph graph = testing::tiny_float_graph();
  graph.description = "\xFF\xFE";
  for (Tensor& tensor : graph.tensors) {
    tensor.name = "\xC3\"\\\n</script>";
  }
  graph.signatures = {{"\xF0", {{"\x80", graph.inputs[0]}}, {}}};
  graph.operators[5].op = Op::kCustom;
  graph.operators[5].custom_code = "\xC1";
  const std::string text = json_of(graph).dump();
  EXPECT_EQ(nlohmann::json::parse(text)["inputs"][0]["name"], "\\xc3\"\\\\n</script>");
}

TEST(InspectJsonTest, FindingsHaveASeverity) {
  Graph graph = testing::tiny_float_graph();
  graph.tensors[static_cast<std::size_t>(graph.operators[0].outputs[0])].shape[1] = 5;
  const nlohmann::json json = json_of(graph);
  ASSERT_FALSE(json["findings"].empty());
  EXPECT_EQ(json["findings"][0]["severity"], "fatal");
}

}  // namespace
}  // namespace qbench::models
