// SPDX-License-Identifier: Apache-2.0
// Real models and images, where they are present: reference counts of an independent program.
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/support/paths.h"

namespace qbench::testing {
namespace {

constexpr char kData[] = "data";

class SharedModelsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    data_ = shared_data(kData);
    if (!data_) GTEST_SKIP() << shared_data_missing(kData);
  }

  /// Right answers of 2,000 for the float and the int8 ResNet8.
  [[nodiscard]] std::vector<int> correct(const std::vector<std::string>& flags) const {
    const TemporaryFolder folder;
    const std::filesystem::path models = *data_ / "models";
    std::vector<std::string> arguments{"-q",          "run",
                                       "-m",          "fp32=" + (models / "resnet8_cifar10_fp32.tflite").string(),
                                       "-m",          "int8=" + (models / "resnet8_cifar10_int8.tflite").string(),
                                       "--data",      *data_ / "cifar10" / "test",
                                       "-o",          folder.path() / "results",
                                       "--no-latency"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const ProgramResult result = run_qbench(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const nlohmann::json report = read_report(folder.path() / "results");
    return {cell_of(report, "fp32").at("accuracy").at("correct"), cell_of(report, "int8").at("accuracy").at("correct")};
  }

  std::optional<std::filesystem::path> data_;
};

TEST_F(SharedModelsTest, CountsWithXnnpackAreExact) {
  EXPECT_EQ(correct({"--kernels", "xnnpack"}), (std::vector<int>{1528, 1523}));
}

TEST_F(SharedModelsTest, CountsWithBuiltinKernelsAreExact) {
  EXPECT_EQ(correct({"--kernels", "builtin"}), (std::vector<int>{1528, 1525}));
}

TEST_F(SharedModelsTest, OneJobGivesTheSame) { EXPECT_EQ(correct({"--jobs", "1"}), (std::vector<int>{1528, 1523})); }

TEST_F(SharedModelsTest, Batch64GivesTheSameForFloat) { EXPECT_EQ(correct({"--eval-batch", "64"})[0], 1528); }

TEST_F(SharedModelsTest, EveryVariantEndsInItsTrueStatus) {
  const TemporaryFolder folder;
  std::vector<std::string> arguments{"-q", "run", "-o", folder.path() / "results", "--no-rebatch", "-b", "1,2"};
  for (const char* name : {"lili_default", "lili_quant-fp", "lili_TPU", "lili_16by8", "lili_TPU_edgetpu",
                           "mobilenet_v2_224_uint8", "broken_invoke_error"}) {
    arguments.insert(arguments.end(), {"-m", (*data_ / "models" / (std::string(name) + ".tflite")).string()});
  }
  for (const char* flag : {"--rounds", "1", "--min-rounds", "1", "--max-seconds", "1", "--restart-rounds", "0"}) {
    arguments.emplace_back(flag);
  }
  EXPECT_EQ(run_qbench(arguments).exit_code, 0) << "what cannot run here is a result";
  const nlohmann::json report = read_report(folder.path() / "results");
  for (const char* good : {"lili_default", "lili_quant-fp", "lili_TPU", "lili_16by8"}) {
    for (int batch : {1, 2}) EXPECT_EQ(lane_of(report, good, batch).at("outcome").at("status"), "ok") << good;
  }
  const auto edgetpu = lane_of(report, "lili_TPU_edgetpu", 1).at("outcome");
  EXPECT_EQ(edgetpu.at("status"), "unsupported");
  EXPECT_NE(edgetpu.at("reason").get<std::string>().find("needs an Edge TPU delegate"), std::string::npos);
  EXPECT_EQ(lane_of(report, "mobilenet_v2_224_uint8", 1).at("outcome").at("status"), "ok");
  const auto batched = lane_of(report, "mobilenet_v2_224_uint8", 2).at("outcome");
  EXPECT_EQ(batched.at("status"), "unsupported");
  EXPECT_NE(batched.at("reason").get<std::string>().find("RESHAPE"), std::string::npos);
  EXPECT_EQ(lane_of(report, "broken_invoke_error", 1).at("outcome").at("status"), "unsupported");
}

}  // namespace
}  // namespace qbench::testing
