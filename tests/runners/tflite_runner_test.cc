// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include "core/error.h"
#include "tests/support/colour_scores.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace qbench::runners {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Pair;

Error failure_of(const std::vector<std::byte>& model, const RunnerOptions& options) {
  const std::unique_ptr<Runner> runner = tflite_descriptor().make();
  try {
    runner->prepare(model, options);
    runner->invoke();
    std::vector<std::byte> output(runner->outputs().front().byte_size());
    runner->get_output(0, output);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::kUsage, "no error");
}

RunnerOptions with_library(const std::string& flavour) {
  RunnerOptions options;
  options.library = testing::stand_in("fake_tflite_" + flavour);
  return options;
}

/// Tests that need the real library, found by the runner's own search.
class TfliteRunnerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const Availability availability = tflite_descriptor().probe({});
    if (!availability.available) GTEST_SKIP() << availability.reason;
  }

  std::unique_ptr<Runner> runner_ = tflite_descriptor().make();
};

TEST_F(TfliteRunnerTest, RecordsLibraryVersionAndKernels) {
  const std::vector<std::byte> model = testing::tiny_model();
  runner_->prepare(model, {});
  const RunnerDescription description = runner_->describe();
  EXPECT_EQ(description.kernels, "xnnpack");
  EXPECT_FALSE(description.version.empty());
  EXPECT_TRUE(std::filesystem::exists(description.library)) << description.library;
  EXPECT_THAT(description.notes, IsEmpty());
}

TEST_F(TfliteRunnerTest, BuiltinKernelsAreUsedWhenAskedFor) {
  const std::vector<std::byte> model = testing::tiny_model();
  runner_->prepare(model, {.kernels = Kernels::kBuiltin});
  EXPECT_EQ(runner_->describe().kernels, "builtin");
}

TEST_F(TfliteRunnerTest, AModelThatXnnpackRefusesRunsOnBuiltinKernelsWithTheReasonNoted) {
  const std::vector<std::byte> model = testing::tiny_model({.dtype = DType::kInt8, .refused_by_xnnpack = true});
  for (const int batch : {1, 64}) {
    runner_->prepare(model, {.batch = batch});
    runner_->invoke();
    EXPECT_EQ(runner_->describe().kernels, "builtin");
    EXPECT_THAT(runner_->describe().notes, ElementsAre(HasSubstr("failed to create XNNPACK runtime")));
  }
}

TEST_F(TfliteRunnerTest, TheSplitOfTheGraphIsTold) {
  const std::vector<std::byte> whole = testing::tiny_model();
  runner_->prepare(whole, {.batch = 64});
  EXPECT_EQ(runner_->describe().accelerated_parts, 1);
  EXPECT_THAT(runner_->describe().builtin_ops, IsEmpty());

  constexpr int kReshape = 22;
  constexpr int kSoftmax = 25;
  const std::vector<std::byte> parts = testing::tiny_model({.dtype = DType::kInt8});
  for (const int batch : {1, 64}) {
    runner_->prepare(parts, {.batch = batch});
    EXPECT_EQ(runner_->describe().kernels, "xnnpack");
    EXPECT_EQ(runner_->describe().accelerated_parts, 2);
    EXPECT_THAT(runner_->describe().builtin_ops, IsSupersetOf({Pair(kReshape, 1), Pair(kSoftmax, 1)}));
  }
  runner_->prepare(parts, {.kernels = Kernels::kBuiltin});
  EXPECT_EQ(runner_->describe().accelerated_parts, 0);
  EXPECT_THAT(runner_->describe().builtin_ops, IsEmpty());
}

TEST_F(TfliteRunnerTest, XnnpackOnDemandDoesNotFallBack) {
  const std::vector<std::byte> model = testing::tiny_model({.dtype = DType::kInt8, .refused_by_xnnpack = true});
  EXPECT_THAT(failure_of(model, {.kernels = Kernels::kXnnpack}).what(), HasSubstr("failed to create XNNPACK runtime"));
}

TEST_F(TfliteRunnerTest, AConstantReshapeStopsTheBatchWithTheLibrarysReason) {
  for (const DType dtype : {DType::kFloat32, DType::kInt8}) {
    for (const Kernels kernels : {Kernels::kAuto, Kernels::kXnnpack, Kernels::kBuiltin}) {
      const std::vector<std::byte> model = testing::tiny_model({.dtype = dtype, .fixed_batch = true});
      runner_->prepare(model, {.kernels = kernels});
      runner_->invoke();
      const Error error = failure_of(model, {.batch = 64, .kernels = kernels});
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      EXPECT_THAT(error.what(), HasSubstr("cannot run at batch 64: a RESHAPE has a constant batch in its shape"));
      EXPECT_THAT(error.what(), HasSubstr("num_input_elements != num_output_elements (192 != 3)"));
    }
  }
}

TEST_F(TfliteRunnerTest, AnEdgeTpuModelIsUnsupportedWithoutADelegate) {
  const std::vector<std::byte> model = testing::tiny_model({.custom_op = "edgetpu-custom-op"});
  for (const int batch : {1, 64}) {
    const Error error = failure_of(model, {.batch = batch});
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("needs an Edge TPU delegate"));
  }
}

TEST_F(TfliteRunnerTest, AnUnknownCustomOpIsUnsupportedAndNamed) {
  const Error error = failure_of(testing::tiny_model({.custom_op = "MyOp"}), {});
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("'MyOp'"));
}

TEST_F(TfliteRunnerTest, AnOpVersionOfTheFutureIsUnsupported) {
  const Error error = failure_of(testing::tiny_model({.future_op_version = true}), {});
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("needs a newer runtime"));
}

TEST_F(TfliteRunnerTest, MoreThreadsGiveTheSameAnswer) {
  const std::vector<std::byte> model = testing::tiny_model();
  std::vector<std::vector<std::byte>> outputs;
  for (const int threads : {1, 2}) {
    runner_->prepare(model, {.threads = threads});
    std::vector<std::byte> image(runner_->inputs().front().byte_size());
    runner_->set_input(0, image);
    runner_->invoke();
    runner_->get_output(0, outputs.emplace_back(runner_->outputs().front().byte_size()));
  }
  EXPECT_EQ(outputs[0], outputs[1]);
}

TEST_F(TfliteRunnerTest, QuantizationOfTheTensorsIsTold) {
  const std::vector<std::byte> model = testing::tiny_model({.dtype = DType::kInt8});
  runner_->prepare(model, {});
  EXPECT_EQ(runner_->inputs().front().quantization, (Quantization{1.0F, -128}));
  EXPECT_EQ(runner_->outputs().front().quantization, (Quantization{1.0F / 256, -128}));
}

class TfliteDelegateTest : public TfliteRunnerTest {
 protected:
  static RunnerOptions with_delegate(std::map<std::string, std::string> options) {
    options["invoke_us"] = "0";
    return {.delegate = {.library = testing::stand_in("fake_delegate"), .options = std::move(options)}};
  }

  std::vector<std::byte> model_ = testing::tiny_model({.custom_op = "edgetpu-custom-op"});
};

TEST_F(TfliteDelegateTest, ItsOpsRunOnTheDelegate) {
  runner_->prepare(model_, with_delegate({{"device", "usb:0"}}));
  EXPECT_EQ(runner_->describe().kernels, "delegate");
  std::vector<std::byte> image(runner_->inputs().front().byte_size());
  for (std::size_t i = 1; i < image.size(); i += 3) image[i] = std::byte{255};
  runner_->set_input(0, image);
  runner_->invoke();
  std::vector<std::byte> scores(3);
  runner_->get_output(0, scores);
  EXPECT_EQ(std::max_element(scores.begin(), scores.end()) - scores.begin(), 1);  // green
}

TEST_F(TfliteDelegateTest, AModelOfOneBatchIsUnsupportedAtAnother) {
  RunnerOptions options = with_delegate({});
  options.batch = 64;
  const Error error = failure_of(model_, options);
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("cannot run at batch 64"));
}

TEST_F(TfliteDelegateTest, NoDelegateIsADeviceError) {
  EXPECT_EQ(failure_of(model_, with_delegate({{"mode", "null"}})).code(), ErrorCode::kDevice);
  EXPECT_EQ(failure_of(model_, with_delegate({{"mode", "error"}})).code(), ErrorCode::kDevice);
}

TEST_F(TfliteDelegateTest, AFailingInvokeCarriesTheDelegatesWords) {
  runner_->prepare(model_, with_delegate({{"mode", "fail_invoke"}}));
  runner_->invoke();
  runner_->invoke();
  try {
    runner_->invoke();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kRuntime);
    EXPECT_THAT(error.what(), HasSubstr("the device is not ready"));
  }
}

TEST_F(TfliteDelegateTest, ADelegateThatTakesNothingIsNotCalledAccelerated) {
  const std::vector<std::byte> model = testing::tiny_model();
  RunnerOptions options = with_delegate({});
  options.batch = 4;
  runner_->prepare(model, options);
  runner_->invoke();
  EXPECT_EQ(runner_->outputs().front().shape, (std::vector<int>{4, 3}));
  EXPECT_EQ(runner_->describe().kernels, "builtin");
  EXPECT_THAT(runner_->describe().notes, ElementsAre(HasSubstr("the delegate takes no op")));
}

TEST(TfliteStandInTest, AnyLibraryWithTheCApiIsAccepted) {
  const std::unique_ptr<Runner> runner = tflite_descriptor().make();
  const std::vector<std::byte> model = testing::tiny_model();
  runner->prepare(model, with_library("ok"));
  EXPECT_EQ(runner->describe().version, "ok");
}

TEST(TfliteStandInTest, TwoLibrariesLiveInOneProcess) {
  const std::vector<std::byte> model = testing::tiny_model();
  const std::unique_ptr<Runner> first = tflite_descriptor().make();
  const std::unique_ptr<Runner> second = tflite_descriptor().make();
  first->prepare(model, with_library("ok"));
  second->prepare(model, with_library("fail_invoke"));
  EXPECT_THROW(second->invoke(), Error);
  EXPECT_NO_THROW(first->invoke());
}

TEST(TfliteStandInTest, ARefusedFileIsAModelError) {
  EXPECT_EQ(failure_of(testing::tiny_model(), with_library("fail_load")).code(), ErrorCode::kModel);
}

TEST(TfliteStandInTest, AFailedInvokeCarriesTheLibrarysMessage) {
  const Error error = failure_of(testing::tiny_model(), with_library("fail_invoke"));
  EXPECT_EQ(error.code(), ErrorCode::kRuntime);
  EXPECT_THAT(error.what(), HasSubstr("Node number 7 (CONV_2D) failed to invoke"));
}

TEST(TfliteStandInTest, AnAllocationFailureThrownThroughTheCApiIsOutOfMemory) {
  EXPECT_EQ(failure_of(testing::tiny_model(), with_library("throw_bad_alloc")).code(), ErrorCode::kOutOfMemory);
}

TEST(TfliteStandInTest, TensorsWithoutMemoryAreRuntimeErrors) {
  EXPECT_EQ(failure_of(testing::tiny_model(), with_library("null_input")).code(), ErrorCode::kRuntime);
  EXPECT_EQ(failure_of(testing::tiny_model(), with_library("null_output")).code(), ErrorCode::kRuntime);
}

TEST(TfliteStandInTest, ALibraryThatCannotBatchIsUnsupportedOnlyThere) {
  RunnerOptions options = with_library("no_batch");
  EXPECT_EQ(failure_of(testing::tiny_model(), options).code(), ErrorCode::kUsage);
  options.batch = 64;
  EXPECT_EQ(failure_of(testing::tiny_model(), options).code(), ErrorCode::kUnsupported);
}

TEST(TfliteStandInTest, XnnpackThatDoesNotStartIsNotedPlainly) {
  const std::unique_ptr<Runner> runner = tflite_descriptor().make();
  const std::vector<std::byte> model = testing::tiny_model();
  runner->prepare(model, with_library("xnnpack_null"));
  EXPECT_EQ(runner->describe().kernels, "builtin");
  EXPECT_THAT(runner->describe().notes, ElementsAre(HasSubstr("/proc/cpuinfo")));
}

TEST(TfliteStandInTest, ARefusalByXnnpackIsNotedInTheLibrarysWords) {
  const std::unique_ptr<Runner> runner = tflite_descriptor().make();
  const std::vector<std::byte> model = testing::tiny_model();
  runner->prepare(model, with_library("xnnpack_refuses"));
  EXPECT_EQ(runner->describe().kernels, "builtin");
  EXPECT_THAT(runner->describe().notes, ElementsAre(HasSubstr("failed to delegate CONV_2D node #3")));
}

TEST(TfliteStandInDeathTest, ACrashInTheLibraryIsACrash) {
  const std::unique_ptr<Runner> runner = tflite_descriptor().make();
  const std::vector<std::byte> model = testing::tiny_model();
  runner->prepare(model, with_library("abort_invoke"));
  EXPECT_EXIT(runner->invoke(), ::testing::KilledBySignal(SIGABRT), "");
}

TEST(TfliteOptionsTest, ContradictionsAreConfigErrors) {
  EXPECT_EQ(failure_of(testing::tiny_model(), {.threads = 0}).code(), ErrorCode::kConfig);
  EXPECT_EQ(failure_of(testing::tiny_model(), {.batch = -1}).code(), ErrorCode::kConfig);
  RunnerOptions both;
  both.kernels = Kernels::kXnnpack;
  both.delegate.library = "libany.so";
  EXPECT_EQ(failure_of(testing::tiny_model(), both).code(), ErrorCode::kConfig);
}

TEST(TfliteProbeTest, AMissingLibraryIsAReasonNotAnException) {
  const Availability availability = tflite_descriptor().probe({.library = "/nonexistent/lib.so"});
  EXPECT_FALSE(availability.available);
  EXPECT_THAT(availability.reason, HasSubstr("/nonexistent/lib.so"));
}

}  // namespace
}  // namespace qbench::runners
