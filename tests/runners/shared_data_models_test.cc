// SPDX-License-Identifier: Apache-2.0
// The runner on real models; skipped where they are not at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "runners/tflite_runner.h"
#include "tests/support/paths.h"

namespace qbench::runners {
namespace {

using ::testing::HasSubstr;

class SharedDataModelsTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Availability availability = tflite_descriptor().probe({});
    if (!availability.available) GTEST_SKIP() << availability.reason;
  }

  /// Prepares and runs once; "" or the error's text.
  std::string outcome(const std::string& file, int batch, const DelegateOptions& delegate = {}) {
    const auto path = testing::shared_data("data/models/" + file);
    if (!path) return {};
    model_ = read_file(*path);
    try {
      runner_->prepare(model_, {.batch = batch, .delegate = delegate});
      runner_->invoke();
    } catch (const Error& error) {
      code_ = error.code();
      return error.what();
    }
    return {};
  }

  static bool missing(const std::string& file) { return !testing::shared_data("data/models/" + file); }

  std::vector<std::byte> model_;
  std::unique_ptr<Runner> runner_ = tflite_descriptor().make();
  ErrorCode code_ = ErrorCode::kUsage;
};

TEST_P(SharedDataModelsTest, RunsAtBatch1And64) {
  if (missing(GetParam())) GTEST_SKIP() << testing::shared_data_missing("data/models/" + GetParam());
  for (const int batch : {1, 64}) {
    ASSERT_EQ(outcome(GetParam(), batch), "");
    EXPECT_EQ(runner_->inputs().front().shape.front(), batch);
    EXPECT_EQ(runner_->outputs().front().shape.front(), batch);
    // XNNPACK has no kernels for int16 activations.
    EXPECT_EQ(runner_->describe().kernels, GetParam() == "lili_16by8.tflite" ? "builtin" : "xnnpack");
  }
}

std::string model_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(0, info.param.find('.'));
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(GoodModels, SharedDataModelsTest,
                         ::testing::Values("lili_default.tflite", "lili_quant-fp.tflite", "lili_TPU.tflite",
                                           "lili_16by8.tflite", "resnet8_cifar10_fp32.tflite",
                                           "resnet8_cifar10_int8.tflite", "vww_mobilenetv1_fp32.tflite",
                                           "vww_mobilenetv1_int8.tflite"),
                         model_name);

using SharedDataFailuresTest = SharedDataModelsTest;

TEST_F(SharedDataFailuresTest, AConstantReshapeRunsAtBatch1Only) {
  const std::string file = "mobilenet_v2_224_uint8.tflite";
  if (missing(file)) GTEST_SKIP() << testing::shared_data_missing("data/models/" + file);
  EXPECT_EQ(outcome(file, 1), "");
  EXPECT_EQ(runner_->describe().kernels, "builtin");
  EXPECT_THAT(outcome(file, 64), HasSubstr("cannot run at batch 64: a RESHAPE has a constant batch in its shape"));
  EXPECT_EQ(code_, ErrorCode::kUnsupported);
}

TEST_F(SharedDataFailuresTest, AnEdgeTpuModelNeedsItsDelegate) {
  const std::string file = "lili_TPU_edgetpu.tflite";
  if (missing(file)) GTEST_SKIP() << testing::shared_data_missing("data/models/" + file);
  for (const int batch : {1, 64}) {
    EXPECT_THAT(outcome(file, batch), HasSubstr("needs an Edge TPU delegate"));
    EXPECT_EQ(code_, ErrorCode::kUnsupported);
  }
}

TEST_F(SharedDataFailuresTest, AnEdgeTpuModelRunsThroughTheStandInDelegate) {
  const std::string file = "lili_TPU_edgetpu.tflite";
  if (missing(file)) GTEST_SKIP() << testing::shared_data_missing("data/models/" + file);
  const DelegateOptions delegate{.library = testing::stand_in("fake_delegate"), .options = {{"device", "usb:0"}}};
  EXPECT_EQ(outcome(file, 1, delegate), "");
  EXPECT_EQ(runner_->describe().kernels, "delegate");
  EXPECT_THAT(outcome(file, 64, delegate), HasSubstr("compiled for an Edge TPU"));
  EXPECT_EQ(code_, ErrorCode::kUnsupported);
}

TEST_F(SharedDataFailuresTest, ABrokenModelIsAnErrorThatNamesItsOp) {
  const std::string file = "broken_invoke_error.tflite";
  if (missing(file)) GTEST_SKIP() << testing::shared_data_missing("data/models/" + file);
  EXPECT_THAT(outcome(file, 1), HasSubstr("fake-op-double"));
}

}  // namespace
}  // namespace qbench::runners
