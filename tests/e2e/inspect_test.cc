// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/variant_set.h"

namespace qbench::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kDefaultModel = fs::path(QBENCH_CONFIGS) / "models" / "default_fp32.tflite";

TEST(InspectTest, TellsWhatTheDefaultModelIs) {
  const ProgramResult result = run_qbench({"inspect", kDefaultModel});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const char* part : {"fp32", "image", "1x96x96x3", "CONV_2D", "15500928", "triangle"}) {
    EXPECT_TRUE(mentions(result.out, part)) << part << " in\n" << result.out;
  }
}

TEST(InspectTest, JsonHoldsTheSame) {
  const json model = json_answer({"inspect", kDefaultModel, "--json"});
  EXPECT_EQ(model.at("precision"), "fp32");
  EXPECT_EQ(model.at("macs"), 15500928);
  EXPECT_EQ(model.at("parameters"), 234882);
  EXPECT_EQ(model.at("file_bytes"), fs::file_size(kDefaultModel));
  EXPECT_EQ(model.at("inputs")[0].at("shape"), json({1, 96, 96, 3}));
  EXPECT_EQ(model.at("metadata").at("labels").size(), 10U);
  EXPECT_EQ(model.at("metadata").at("normalization").at("mean"), json({127.5}));
}

TEST(InspectTest, DrawsTheGraph) {
  const VariantSet set;
  const fs::path drawing = set.path() / "graph.dot";
  EXPECT_EQ(run_qbench({"inspect", set.model(), "--dot", drawing}).exit_code, 0);
  const std::string dot = read_text_file(drawing);
  EXPECT_TRUE(dot.starts_with("digraph")) << dot.substr(0, 40);
  EXPECT_TRUE(mentions(dot, "1x8x8x3"));
}

TEST(InspectTest, LabelsAndNormalizationStayInEveryVariant) {
  const TemporaryFolder folder;
  const fs::path images = folder.path() / "images";
  ASSERT_EQ(run_qbench({"-q", "dataset", "synth", images, "--count", "10", "--size", "32"}).exit_code, 0);
  const ProgramResult result =
      run_qbench({"-q", "quantize", kDefaultModel, "--to", "fp16,dynamic,weight-only,int8,int16x8", "--io", "uint8",
                  "--method", "minmax", "--calibrate", images, "--images", "10", "-o", folder.path()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json original = json_answer({"inspect", kDefaultModel, "--json"}).at("metadata");
  for (const char* variant : {"fp16", "dynamic", "weight-only", "int8", "int16x8"}) {
    const fs::path file = folder.path() / (std::string("default_") + variant + ".tflite");
    const json metadata = json_answer({"inspect", file, "--json"}).at("metadata");
    EXPECT_EQ(metadata.at("labels"), original.at("labels")) << variant;
    EXPECT_EQ(metadata.at("normalization"), original.at("normalization")) << variant;
  }
}

TEST(InspectTest, AFileThatIsNotThere) {
  EXPECT_TRUE(mentions(complaint({"inspect", "/nonexistent"}), "No such file"));
}

TEST(InspectTest, AFileThatIsNoModel) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "empty.tflite", std::string_view());
  EXPECT_TRUE(mentions(complaint({"inspect", folder.path() / "empty.tflite"}), "not a model"));
  EXPECT_TRUE(mentions(complaint({"inspect", folder.path()}), "not a model"));
}

TEST(InspectTest, ASavedModelIsToldTheConversion) {
  const TemporaryFolder folder;
  write_file_atomic(folder.path() / "saved_model.pb", std::string_view("\n"));
  EXPECT_TRUE(mentions(complaint({"inspect", folder.path()}), "tflite_convert --saved_model_dir"));
}

TEST(InspectTest, ADrawingThatCannotBeWritten) {
  const ProgramResult result = run_qbench({"inspect", kDefaultModel, "--dot", "/proc/graph.dot"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "/proc/graph.dot"));
}

TEST(InspectTest, AModelAbove2GigabytesIsNotRead) {
  const VariantSet set;
  fs::resize_file(set.model(), std::uintmax_t{3} << 30);  // sparse
  EXPECT_TRUE(mentions(complaint({"inspect", set.model()}), "3221225472 bytes"));
  EXPECT_TRUE(mentions(complaint(set.quantize("fp16")), "3221225472 bytes"));
  EXPECT_TRUE(mentions(complaint({"explain", set.model(), set.model(), set.images()}), "3221225472 bytes"));
}

}  // namespace
}  // namespace qbench::testing
