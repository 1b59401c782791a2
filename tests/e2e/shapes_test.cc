// SPDX-License-Identifier: Apache-2.0
// The same network behind other shapes of input and output: the same predictions, and what was assumed is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/e2e/variant_set.h"
#include "tests/support/shape_models.h"

namespace qbench::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// Warnings of a cell that begin with "assumed: ", in one text.
std::string assumed(const json& cell) {
  std::string text;
  for (const json& warning : cell.at("warnings")) {
    const auto line = warning.get<std::string>();
    if (line.starts_with("assumed: ")) text += line + "\n";
  }
  return text;
}

class ShapesTest : public ::testing::Test {
 protected:
  void write(const ShapeModel& model) { write_file_atomic(set_.model(model.name), models::write_tflite(model.graph)); }

  /// Top-1 of all of them in one run without latency.
  json evaluated(const std::vector<ShapeModel>& models, const std::vector<std::string>& more = {}) {
    std::vector<std::string> names;
    for (const ShapeModel& model : models) {
      write(model);
      names.push_back(model.name);
    }
    std::vector<std::string> arguments{"--no-latency", "--recipe", "raw255"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramResult result = run_qbench(set_.run(names, arguments));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return read_report(set_.results());
  }

  void expect_all_right_and_equal(const json& report, std::int64_t images) {
    const json& first = report.at("cells").at(0).at("accuracy");
    for (const json& cell : report.at("cells")) {
      const json& accuracy = cell.at("accuracy");
      EXPECT_EQ(accuracy.at("outcome").at("reason"), "") << cell.at("id");
      EXPECT_EQ(accuracy.at("images"), images) << cell.at("id");
      EXPECT_EQ(accuracy.at("correct"), images) << cell.at("id");
      EXPECT_EQ(accuracy.at("prediction_sha256"), first.at("prediction_sha256")) << cell.at("id");
    }
  }

  void keep_two_classes() { std::filesystem::remove_all(set_.images() / "2blue"); }

  TinySet set_;
};

TEST_F(ShapesTest, ColourImagesComeInEveryShape) {
  const json report = evaluated(colour_shapes(), {"--eval-batch", "1"});
  expect_all_right_and_equal(report, 12);
  EXPECT_EQ(assumed(cell_of(report, "nhwc")), "");
  EXPECT_EQ(assumed(cell_of(report, "transposed")), "");
  EXPECT_THAT(assumed(cell_of(report, "flat")), HasSubstr("an image of 8x8 RGB"));
  EXPECT_THAT(assumed(cell_of(report, "several")), HasSubstr("'scores' 1x3 float32 holds the scores"));
}

TEST_F(ShapesTest, EveryShapeWithABatchIsBatched) {
  std::vector<ShapeModel> models = colour_shapes();
  std::erase_if(models, [](const ShapeModel& model) { return !model.batches; });
  expect_all_right_and_equal(evaluated(models, {"--eval-batch", "5"}), 12);
}

TEST_F(ShapesTest, GrayImagesComeInEveryShape) {
  const json report = evaluated(gray_shapes());
  expect_all_right_and_equal(report, 12);
  EXPECT_EQ(cell_of(report, "gray_flat").at("recipe"), cell_of(report, "gray_nhwc").at("recipe"));
}

TEST_F(ShapesTest, OneValueTellsTwoClassesLikeTwoScores) {
  keep_two_classes();
  const json report = evaluated(two_class_shapes());
  expect_all_right_and_equal(report, 8);
  EXPECT_TRUE(cell_of(report, "softmax").at("accuracy").at("threshold").is_null());
  for (const char* name : {"sigmoid", "logit"}) {
    const json& cell = cell_of(report, name);
    EXPECT_EQ(cell.at("accuracy").at("threshold").at("used"), 0.5) << name;
    EXPECT_EQ(cell.at("accuracy").at("threshold").at("correct"), 8) << name;
    EXPECT_THAT(assumed(cell), HasSubstr("of the second class")) << name;
    EXPECT_LT(cell.at("accuracy").at("divergence").at("kl_mean"), 1e-6) << name;
  }
}

TEST_F(ShapesTest, AValueThatCouldBeBothIsAQuestion) {
  keep_two_classes();
  write({"unclear", unclear_value_graph()});
  const std::vector<std::string> quick{"--no-latency", "--recipe", "raw255"};
  EXPECT_EQ(run_qbench(set_.run({"unclear"}, quick)).exit_code, 1);
  const json accuracy = cell_of(read_report(set_.results()), "unclear").at("accuracy");
  EXPECT_THAT(accuracy.at("outcome").at("reason").get<std::string>(), HasSubstr("give --one-value probability"));
  EXPECT_EQ(accuracy.at("images"), 0);

  std::vector<std::string> told = quick;
  told.insert(told.end(), {"--one-value", "probability", "-o", set_.path() / "told"});
  const ProgramResult settled = run_qbench(set_.run({"unclear"}, told));
  EXPECT_EQ(settled.exit_code, 0) << settled.err;
  const json cell = cell_of(read_report(set_.path() / "told"), "unclear");
  EXPECT_EQ(cell.at("accuracy").at("correct"), 8);
  EXPECT_EQ(assumed(cell), "");
}

TEST_F(ShapesTest, AnOutputIsAskedForAndKeptInThePlan) {
  const json report = evaluated({colour_shapes().back()}, {"--output-tensor", "mean"});
  expect_all_right_and_equal(report, 12);  // the strongest mean is the answer too
  EXPECT_EQ(assumed(cell_of(report, "several")), "");
  EXPECT_EQ(json::parse(read_text_file(set_.results() / "plan.json")).at("variants").at(0).at("output"), "mean");
  const ProgramResult wrong =
      run_qbench(set_.run({"several"}, {"--output-tensor", "age", "-o", set_.path() / "wrong", "--no-latency"}));
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(read_report(set_.path() / "wrong").dump(), HasSubstr("the model has no output 'age'"));
}

TEST_F(ShapesTest, InspectSaysWhatRunWillTake) {
  const std::vector<ShapeModel> shapes = colour_shapes();
  for (const ShapeModel& model : shapes) {
    write(model);
    const json seen = json_answer({"inspect", set_.model(model.name), "--json"});
    EXPECT_EQ(seen.at("classifier"), true) << model.name;
    EXPECT_EQ(seen.at("view").at("classes"), 3) << model.name;
  }
  const ProgramResult text = run_qbench({"inspect", set_.model("transposed")});
  EXPECT_THAT(text.out,
              HasSubstr("run: yes\nrun reads: input 8x8 RGB, channel by channel, scores 'scores' (3 classes)"));
}

TEST_F(ShapesTest, LatencyIsTimedAtEveryBatchThatTheShapeHas) {
  const std::vector<ShapeModel> shapes = colour_shapes();
  write(shapes[1]);
  write(shapes[4]);
  EXPECT_EQ(run_qbench(set_.run({"transposed", "no_batch"}, {"--no-accuracy"})).exit_code, 0);
  const json report = read_report(set_.results());
  EXPECT_EQ(lane_of(report, "transposed", 4).at("outcome").at("status"), "ok");
  EXPECT_EQ(lane_of(report, "no_batch", 1).at("outcome").at("status"), "ok");
  EXPECT_EQ(lane_of(report, "no_batch", 4).at("outcome").at("status"), "unsupported");
}

/// Noisy pictures, which a quantizer needs.
class QuantizeShapesTest : public ::testing::Test {
 protected:
  /// Quantizes to int8 and evaluates both; returns the report.
  json quantized(const ShapeModel& model, const std::vector<std::string>& more = {}) {
    const std::filesystem::path fp32 = set_.path() / (model.name + ".tflite");
    write_file_atomic(fp32, models::write_tflite(model.graph));
    std::vector<std::string> arguments = set_.quantize_file(fp32, "int8", {"--recipe", "raw255"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramResult made = run_qbench(arguments);
    EXPECT_EQ(made.exit_code, 0) << model.name << made.err;
    const std::filesystem::path results = set_.path() / ("results_" + model.name);
    const std::filesystem::path int8 = set_.output() / (model.name + "_int8.tflite");
    EXPECT_EQ(run_qbench({"-q", "run", "-m", "fp32=" + fp32.string(), "-m", "int8=" + int8.string(), "-d",
                          set_.images(), "-o", results, "--no-latency", "--recipe", "raw255"})
                  .exit_code,
              0);
    return read_report(results);
  }

  static void expect_all_right(const json& report, int images) {
    for (const char* id : {"fp32", "int8"}) {
      const json accuracy = cell_of(report, id).at("accuracy");
      EXPECT_EQ(accuracy.at("correct"), images) << id << accuracy.at("outcome");
    }
  }

  VariantSet set_;
};

TEST_F(QuantizeShapesTest, TheShapesOfImageAndScoresAreQuantized) {
  for (const ShapeModel& model : colour_shapes()) {
    if (model.name != "transposed" && model.name != "flat" && model.name != "wide" && model.name != "several") continue;
    SCOPED_TRACE(model.name);
    expect_all_right(quantized(model), 12);
  }
}

TEST_F(QuantizeShapesTest, OneQuantizedValueTellsTwoClasses) {
  std::filesystem::remove_all(set_.images() / "2blue");
  const std::vector<ShapeModel> shapes = two_class_shapes();
  expect_all_right(quantized(shapes[1], {"--max-drop", "1"}), 8);
  expect_all_right(quantized(shapes[2]), 8);
}

TEST_F(QuantizeShapesTest, ExplainReadsTheSameShapes) {
  const ShapeModel model = colour_shapes()[1];
  (void)quantized(model);
  const json explained =
      json_answer({"-q", "explain", set_.path() / "transposed.tflite", set_.output() / "transposed_int8.tflite",
                   set_.images(), "--recipe", "raw255", "--json"});
  EXPECT_EQ(explained.at("images"), 12);
  EXPECT_FALSE(explained.at("ops").empty());
}

}  // namespace
}  // namespace qbench::testing
