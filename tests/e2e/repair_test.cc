// SPDX-License-Identifier: Apache-2.0
// What the runtime reads wrongly is repaired and said, or unsupported, by every command alike.
#include <gtest/gtest.h>

#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/e2e/variant_set.h"
#include "tests/support/broken_models.h"
#include "tests/support/graph_builder.h"

namespace qbench::testing {
namespace {

using nlohmann::json;

/// An int8 classifier of 8x8 RGB images whose max pool changes the scale, which kernels do not.
models::Graph rescaling_pool() {
  GraphBuilder b;
  const int x = b.input("image", {1, 8, 8, 3}, models::TensorType::kInt8, 1.0F, -128);
  const int y =
      b.op(models::Op::kMaxPool2D, {x}, b.activation("pool", {1, 1, 1, 3}, models::TensorType::kInt8, 2.0F, -128),
           models::Pool2DOptions{models::Padding::kValid, 8, 8, 8, 8});
  return b.finish({y});
}

class RepairE2eTest : public ::testing::Test {
 protected:
  RepairE2eTest() {
    const models::Graph int8 = models::read_tflite(read_file(set_.model("int8")), "int8");
    write("per_channel", with_per_channel_scores(int8));
    write("wrong", rescaling_pool());
    write("dynamic", dynamic_flatten());
  }
  void write(const std::string& name, const models::Graph& graph) const {
    write_file_atomic(set_.model(name), models::write_tflite(graph));
  }

  TinySet set_;
};

TEST_F(RepairE2eTest, ARunMeasuresTheRepairedModelAndSaysSo) {
  std::vector<std::string> arguments = set_.run({"int8", "per_channel"});
  arguments.erase(arguments.begin());  // -q
  const ProgramResult result = run_qbench(arguments);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.out, "repaired: FULLY_CONNECTED #")) << result.out;
  const json report = read_report(set_.results());
  EXPECT_TRUE(cell_of(report, "int8").at("repairs").empty());
  const json cell = cell_of(report, "per_channel");
  EXPECT_EQ(cell.at("repairs").size(), 1U);
  EXPECT_EQ(cell.at("model").at("path"), set_.model("per_channel").string());
  EXPECT_EQ(cell.at("accuracy").at("correct"), 12);
  for (const int batch : {1, 4}) EXPECT_EQ(lane_of(report, "per_channel", batch).at("outcome").at("status"), "ok");
}

TEST_F(RepairE2eTest, WrongNumbersAreUnsupportedAndNeverCounted) {
  const ProgramResult result = run_qbench(set_.run({"int8", "wrong"}, {"--batch", "1"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const json report = read_report(set_.results());
  const json outcome = lane_of(report, "wrong", 1).at("outcome");
  EXPECT_EQ(outcome.at("status"), "unsupported");
  EXPECT_EQ(outcome.at("stage"), "read");
  EXPECT_TRUE(mentions(outcome.at("reason"), "MAX_POOL_2D #0 'pool': its kernel copies integers")) << outcome;
  EXPECT_TRUE(cell_of(report, "wrong").at("accuracy").is_null());
}

TEST_F(RepairE2eTest, ACustomOpWithoutADelegateIsUnsupported) {
  write_file_atomic(set_.model("custom"), tiny_model({.custom_op = "MyOp"}));
  write_file_atomic(set_.model("flex"), tiny_model({.custom_op = "FlexErf"}));
  const ProgramResult result = run_qbench(set_.run({"int8", "custom", "flex"}, {"--batch", "1"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* cell : {"custom", "flex"}) {
    const json outcome = lane_of(read_report(set_.results()), cell, 1).at("outcome");
    EXPECT_EQ(outcome.at("status"), "unsupported") << outcome;
  }
}

TEST_F(RepairE2eTest, ConvertWritesTheRepairedFile) {
  const std::filesystem::path made = set_.model("made");
  const json answer = json_answer({"convert", set_.model("dynamic"), "-o", made, "--json"});
  EXPECT_EQ(answer.at("repairs").size(), 2U);
  EXPECT_EQ(answer.at("kept"), "");
  EXPECT_EQ(models::read_tflite_file(made).operators.size(), 5U);
  EXPECT_TRUE(mentions(complaint({"convert", set_.model("dynamic"), "-o", made}), "exists"));
  const ProgramResult again = run_qbench({"convert", made, "-o", made, "--force"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_TRUE(mentions(again.out, "nothing needed repair")) << again.out;
}

TEST_F(RepairE2eTest, InspectSaysWhatRunRepairs) {
  const json repaired = json_answer({"inspect", set_.model("per_channel"), "--json"}).at("run");
  EXPECT_TRUE(repaired.at("takes").get<bool>()) << repaired;
  EXPECT_EQ(repaired.at("repairs").size(), 1U);
  EXPECT_FALSE(json_answer({"inspect", set_.model("wrong"), "--json"}).at("run").at("takes").get<bool>());
}

TEST_F(RepairE2eTest, ConvertRefusesWhatStaysWrong) {
  const std::filesystem::path made = set_.model("made");
  EXPECT_TRUE(mentions(complaint({"convert", set_.model("wrong"), "-o", made}), "wrong numbers"));
  EXPECT_FALSE(std::filesystem::exists(made));
}

TEST_F(RepairE2eTest, ExplainComparesTheRepairedModels) {
  const json answer =
      json_answer({"-q", "explain", set_.model("fp32"), set_.model("per_channel"), set_.images(), "--json"});
  ASSERT_FALSE(answer.at("ops").empty());
  for (const json& op : answer.at("ops")) EXPECT_GT(op.at("sqnr_db"), 10.0) << op;
}

TEST(RepairQuantizeTest, QuantizeStartsFromTheRepairedGraph) {
  const VariantSet set;
  const std::filesystem::path source = set.path() / "dynamic.tflite";
  write_file_atomic(source, models::write_tflite(dynamic_flatten()));
  std::vector<std::string> arguments = set.quantize_file(source, "int8", {"--report"});
  arguments.erase(arguments.begin());  // -q
  const ProgramResult result = run_qbench(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.err, "repaired: RESHAPE #")) << result.err;
}

#ifdef QBENCH_GBENCH_PROGRAM
TEST_F(RepairE2eTest, GbenchRunsTheRepairedModelAndSkipsTheWrongOne) {
  const ProgramResult result =
      run_program(QBENCH_GBENCH_PROGRAM,
                  {"-m", "good=" + set_.model("per_channel").string(), "-m", "bad=" + set_.model("wrong").string(),
                   "--batch", "1", "--benchmark_min_time=0.001", "--benchmark_format=json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.err, "per_channel.tflite: repaired: FULLY_CONNECTED")) << result.err;
  const json benchmarks = json::parse(result.out).at("benchmarks");
  ASSERT_EQ(benchmarks.size(), 2U);
  EXPECT_FALSE(benchmarks[0].contains("error_message"));
  EXPECT_TRUE(mentions(benchmarks[1].at("error_message"), "wrong numbers")) << benchmarks[1];
}
#endif

}  // namespace
}  // namespace qbench::testing
