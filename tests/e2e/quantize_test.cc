// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <set>

#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/variant_set.h"
#include "tests/support/graph_builder.h"

namespace qbench::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::set<std::string> files_in(const fs::path& folder) {
  std::set<std::string> names;
  if (!fs::exists(folder)) return names;
  for (const auto& entry : fs::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

json inspected(const fs::path& model) { return json_answer({"inspect", model, "--json"}); }

/// No file of this process and of those that it starts may grow past this many bytes.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

/// A float classifier whose NEG has no integer kernel.
std::vector<std::byte> model_with_neg() {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 3});
  const int conv = b.op(models::Op::kConv2D, {image, b.pattern("w", {4, 3, 3, 3}), b.pattern("b", {4})},
                        b.activation("conv", {1, 8, 8, 4}), models::Conv2DOptions{.stride_w = 1, .stride_h = 1});
  const int neg = b.op(models::Op::kNeg, {conv}, b.activation("neg", {1, 8, 8, 4}));
  const int mean = b.op(models::Op::kMean, {neg, b.int32s("axes", {2}, {1, 2})}, b.activation("mean", {1, 4}),
                        models::ReducerOptions{});
  return models::write_tflite(b.finish({mean}));
}

class QuantizeTest : public ::testing::Test {
 protected:
  VariantSet set_;
};

TEST_F(QuantizeTest, WritesTheVariantsThatItReports) {
  const json answer = json_answer(set_.quantize("fp16,dynamic,weight-only,int8,int16x8,pruned50,rounded", {"--json"}));
  EXPECT_EQ(answer.at("original").at("bytes"), fs::file_size(set_.model()));
  std::set<std::string> expected;
  for (const json& variant : answer.at("variants")) {
    const fs::path file = variant.at("path").get<std::string>();
    EXPECT_EQ(variant.at("bytes"), fs::file_size(file));
    EXPECT_GT(variant.at("zstd_bytes"), 0);
    EXPECT_TRUE(variant.contains("ratio") && variant.contains("zstd_ratio") && variant.contains("notes"));
    expected.insert(file.filename());
  }
  EXPECT_EQ(expected.size(), 3U);
  std::vector<std::string> idle;  // its layers have 81 weights at most
  for (const json& variant : answer.at("not_written")) idle.push_back(variant.at("variant"));
  EXPECT_EQ(idle, (std::vector<std::string>{"dynamic", "weight-only", "pruned50", "rounded"}));
  EXPECT_EQ(files_in(set_.output()), expected);
}

TEST_F(QuantizeTest, ShowsATableOfSizes) {
  const ProgramResult result = run_qbench(set_.quantize("fp16"));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.out, "tiny_fp16.tflite"));
  EXPECT_TRUE(mentions(result.out, "of original"));
  EXPECT_EQ(result.err, "");
}

TEST_F(QuantizeTest, TheInt8VariantIsRightForTheSameImages) {
  ASSERT_EQ(run_qbench(set_.quantize("int8")).exit_code, 0);
  const fs::path results = set_.path() / "results";
  const ProgramResult result = run_qbench({"-q", "run", "-m", set_.model(), "-m", set_.variant("int8"), "--data",
                                           set_.images(), "-o", results, "--no-latency"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(cell_of(read_report(results), "tiny_int8").at("accuracy").at("correct"), 12);
}

TEST_F(QuantizeTest, IoChoosesTheTypesOfInputAndOutput) {
  for (const char* io : {"float32", "int8", "uint8"}) {
    ASSERT_EQ(run_qbench(set_.quantize("int8", {"--io", io, "--force"})).exit_code, 0);
    const json model = inspected(set_.variant("int8"));
    EXPECT_EQ(model.at("inputs")[0].at("type"), io);
    EXPECT_EQ(model.at("outputs")[0].at("type"), io);
  }
}

TEST_F(QuantizeTest, ReportRanksEveryOp) {
  const json answer = json_answer(set_.quantize("int8", {"--report", "--json"}));
  const json ops = answer.at("variants")[0].at("ops");
  ASSERT_GT(ops.size(), 2U);
  std::set<int> ranks;
  for (const json& op : ops) {
    ranks.insert(op.at("rank").get<int>());
    EXPECT_TRUE(op.contains("sqnr_db") && op.contains("worst_channel") && op.contains("mac_share"));
  }
  EXPECT_EQ(ranks.size(), ops.size());
  EXPECT_EQ(*ranks.begin(), 1);
}

TEST_F(QuantizeTest, KeepFloatLeavesTheNamedOps) {
  ASSERT_EQ(run_qbench(set_.quantize("int8", {"--keep-float", "FULLY_CONNECTED"})).exit_code, 0);
  EXPECT_EQ(inspected(set_.variant("int8")).at("precision"), "mixed");
}

TEST_F(QuantizeTest, AnOpWithoutAKernelIsNamedAndKeptInFloat) {
  const fs::path model = set_.path() / "neg.tflite";
  write_file_atomic(model, model_with_neg());
  const json answer = json_answer(set_.quantize_file(model, "int8", {"--json", "--images", "6"}));
  EXPECT_TRUE(mentions(answer.at("variants")[0].at("notes").dump(), "NEG"));
}

TEST_F(QuantizeTest, StrictRefusesAnOpWithoutAKernel) {
  const fs::path model = set_.path() / "neg.tflite";
  write_file_atomic(model, model_with_neg());
  EXPECT_TRUE(mentions(complaint(set_.quantize_file(model, "int8", {"--strict"})), "NEG"));
  EXPECT_TRUE(files_in(set_.output()).empty());
}

TEST_F(QuantizeTest, MaxDropTellsWhatItCosts) {
  const json answer = json_answer(set_.quantize("int8", {"--max-drop", "50", "--json"}));
  EXPECT_TRUE(mentions(answer.at("variants")[0].at("notes").dump(), "right of 12 (float 12)"));
}

TEST_F(QuantizeTest, AFileThatExistsIsReplacedOnlyByForce) {
  ASSERT_EQ(run_qbench(set_.quantize("fp16")).exit_code, 0);
  EXPECT_TRUE(mentions(complaint(set_.quantize("dynamic,fp16")), "tiny_fp16.tflite' exists"));
  EXPECT_EQ(files_in(set_.output()), std::set<std::string>{"tiny_fp16.tflite"});
  EXPECT_EQ(run_qbench(set_.quantize("fp16", {"--force"})).exit_code, 0);
}

TEST_F(QuantizeTest, ADiskThatIsFullLeavesNothingBehind) {
  const fs::path large = fs::path(QBENCH_CONFIGS) / "models" / "default_fp32.tflite";
  const FileSizeLimit limit(100'000);
  const std::string line = complaint({"-q", "quantize", large, "--to", "fp16", "-o", set_.output()});
  EXPECT_TRUE(mentions(line, "default_fp16.tflite"));
  EXPECT_TRUE(files_in(set_.output()).empty());
}

TEST_F(QuantizeTest, AFolderThatCannotBeMade) {
  EXPECT_TRUE(mentions(complaint({"-q", "quantize", set_.model(), "--to", "fp16", "-o", "/proc/variants"}),
                       "'/proc/variants' cannot be"));
}

TEST_F(QuantizeTest, AFolderThatIsAFile) {
  EXPECT_TRUE(mentions(complaint({"-q", "quantize", set_.model(), "--to", "fp16", "-o", set_.model()}), "is a file"));
}

TEST_F(QuantizeTest, DamagedImagesAreSkippedAndCounted) {
  std::ofstream(set_.images() / "0red" / "0.png") << "no image";
  std::vector<std::string> arguments = set_.quantize("int8");
  arguments.erase(arguments.begin());  // not quiet
  const ProgramResult result = run_qbench(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.err, "1 of 12 images skipped; the first, '0red/0.png'")) << result.err;
}

TEST_F(QuantizeTest, ImagesOfOneColourCalibrateNothing) {
  for (const auto& entry : fs::recursive_directory_iterator(set_.images())) {
    if (entry.is_regular_file()) cv::imwrite(entry.path().string(), cv::Mat(8, 8, CV_8UC3, cv::Scalar(9, 9, 9)));
  }
  EXPECT_TRUE(mentions(complaint(set_.quantize("int8")), "single colour"));
  EXPECT_TRUE(files_in(set_.output()).empty());
}

TEST_F(QuantizeTest, AnEmptyCalibrationSet) {
  fs::remove_all(set_.images());
  fs::create_directories(set_.images());
  EXPECT_TRUE(mentions(complaint(set_.quantize("int8")), "is empty"));
}

TEST_F(QuantizeTest, AVariantIsNoOriginal) {
  ASSERT_EQ(run_qbench(set_.quantize("fp16")).exit_code, 0);
  const std::string line = complaint(set_.quantize_file(set_.variant("fp16"), "int8"));
  EXPECT_TRUE(mentions(line, "fp16 already; give the float32 model"));
}

TEST_F(QuantizeTest, AKerasModelIsToldTheConversion) {
  const fs::path keras = set_.path() / "model.h5";
  write_file_atomic(keras, std::string_view("\x89HDF\r\n\x1a\n"));
  EXPECT_TRUE(mentions(complaint(set_.quantize_file(keras, "fp16")), "tflite_convert"));
}

/// Flags that cannot be obeyed, and what the line must say.
struct WrongFlags {
  const char* name;
  const char* to;
  std::vector<std::string> flags;
  const char* says;
};

void PrintTo(const WrongFlags& wrong, std::ostream* out) { *out << wrong.name; }

class QuantizeFlagsTest : public ::testing::TestWithParam<WrongFlags> {};

TEST_P(QuantizeFlagsTest, AreRefusedBeforeAnythingIsWritten) {
  const VariantSet set;
  EXPECT_TRUE(mentions(complaint(set.quantize(GetParam().to, GetParam().flags)), GetParam().says));
  EXPECT_TRUE(files_in(set.output()).empty());
}

INSTANTIATE_TEST_SUITE_P(
    Wrong, QuantizeFlagsTest,
    ::testing::Values(WrongFlags{"UnknownVariant", "nonsense", {}, "no variant 'nonsense'; give fp16"},
                      WrongFlags{"PrunedToNothing", "pruned100", {}, "pruned1 to pruned99"},
                      WrongFlags{"TheSameTwice", "fp16,fp16", {}, "'fp16' is asked for twice"},
                      WrongFlags{"NoImages", "int8", {"--images", "0"}, "0 images"},
                      WrongFlags{"NegativeImages", "int8", {"--images", "-3"}, "-3 is less than 0"},
                      WrongFlags{"UnknownIo", "int8", {"--io", "float16"}, "give float32, int8 or uint8"},
                      WrongFlags{"UnknownMethod", "int8", {"--method", "kl"}, "give minmax, mse or percentile"},
                      WrongFlags{"UnknownOp", "int8", {"--keep-float", "LSTM"}, "no op 'LSTM'"},
                      WrongFlags{"UnknownKernels", "int8", {"--kernels", "fast"}, "give auto, xnnpack or builtin"},
                      WrongFlags{"UnknownRecipe", "int8", {"--recipe", "torsh"}, "did you mean 'torch'"},
                      WrongFlags{"NoLibrary", "int8", {"--library", "/nonexistent.so"}, "/nonexistent.so"},
                      WrongFlags{"IoOfFp16", "fp16", {"--io", "int8"}, "none of which is asked for"},
                      WrongFlags{"DropAbove100", "int8", {"--max-drop", "200"}, "200"}),
    [](const auto& wrong) { return wrong.param.name; });

TEST_F(QuantizeTest, LabelsAndAGivenNormalizationBecomePartOfTheVariants) {
  (void)json_answer(set_.quantize("int8,fp16", {"--json", "--recipe", "tf"}));
  for (const char* name : {"int8", "fp16"}) {
    const json metadata = inspected(set_.variant(name)).at("metadata");
    EXPECT_EQ(metadata.at("normalization").at("mean").at(0), 127.5) << metadata;
    EXPECT_EQ(metadata.at("labels").size(), 3U) << metadata;
  }
}

TEST_F(QuantizeTest, ANormalizationInBgrIsNotWrittenDownForMetadataCannotSayIt) {
  (void)json_answer(set_.quantize("int8", {"--json", "--recipe", "unit-bgr"}));
  EXPECT_FALSE(inspected(set_.variant("int8")).at("metadata").contains("normalization"));
}

TEST_F(QuantizeTest, ANormalizationThatNobodyKnowsIsAsked) {
  const std::string line =
      complaint({"-q", "quantize", set_.model(), "--to", "int8", "--calibrate", set_.images(), "-o", set_.output()});
  EXPECT_TRUE(mentions(line, "do not decide which values it wants")) << line;
  EXPECT_FALSE(std::filesystem::exists(set_.variant("int8")));
}

}  // namespace
}  // namespace qbench::testing
