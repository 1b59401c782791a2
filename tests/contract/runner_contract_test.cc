// SPDX-License-Identifier: Apache-2.0
// What every back end must do, whatever it is. A new back end is covered as soon as it is in the built-in list.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "core/error.h"
#include "runners/builtin.h"
#include "tests/support/colour_scores.h"
#include "tests/support/fake_runner.h"
#include "tests/support/tiny_model.h"

namespace qbench::runners {
namespace {

using Colour = std::array<float, 3>;

constexpr int kClasses = 4;
constexpr float kFloatTolerance = 1e-5F;
// One step of the int8 score plus what the int8 logits lose.
constexpr float kInt8Tolerance = 0.02F;

const std::vector<Colour> kColours = {{250, 10, 20}, {0, 128, 90}, {77, 80, 255}, {0, 0, 0}, {255, 255, 254}};

/// A runner with a model of the shared classifier that it can execute.
struct Subject {
  RunnerDescriptor runner;
  std::string model_name;
  std::vector<std::byte> model;
  float tolerance = kFloatTolerance;
  Kernels kernels = Kernels::kAuto;
};

void PrintTo(const Subject& subject, std::ostream* out) { *out << subject.runner.name << '/' << subject.model_name; }

std::vector<Subject> subjects() {
  std::vector<Subject> all;
  all.push_back({testing::fake_descriptor(), "script", testing::fake_model({.classes = kClasses})});
  for (const RunnerDescriptor& runner : builtin_runners()) {
    for (const Kernels kernels : {Kernels::kAuto, Kernels::kBuiltin}) {
      const std::string suffix = kernels == Kernels::kAuto ? "" : "_builtin";
      all.push_back({runner, "float32" + suffix, testing::tiny_model({.classes = kClasses}), kFloatTolerance, kernels});
      all.push_back({runner, "int8" + suffix, testing::tiny_model({.dtype = DType::kInt8, .classes = kClasses}),
                     kInt8Tolerance, kernels});
      all.push_back({runner, "uint8" + suffix, testing::tiny_model({.dtype = DType::kUint8, .classes = kClasses}),
                     kInt8Tolerance, kernels});
    }
  }
  return all;
}

std::vector<std::byte> encode(float value, const TensorSpec& spec) {
  if (spec.dtype == DType::kFloat32) {
    std::vector<std::byte> bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  }
  const long stored = std::lround(value / spec.quantization.scale) + spec.quantization.zero_point;
  return {static_cast<std::byte>(stored & 0xFF)};
}

float decode(const std::byte* bytes, const TensorSpec& spec) {
  if (spec.dtype == DType::kFloat32) {
    float value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  const int raw = std::to_integer<int>(*bytes);
  const int stored = spec.dtype == DType::kInt8 && raw > 127 ? raw - 256 : raw;
  return spec.quantization.scale * static_cast<float>(stored - spec.quantization.zero_point);
}

/// A batch of one-coloured images, image i of colour colours[i % size].
std::vector<std::byte> images(const TensorSpec& spec, const std::vector<Colour>& colours) {
  const auto batch = static_cast<std::size_t>(spec.shape.front());
  const std::size_t values = spec.element_count() / batch;
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < batch; ++i) {
    for (std::size_t k = 0; k < values; ++k) {
      const std::vector<std::byte> value = encode(colours[i % colours.size()][k % 3], spec);
      bytes.insert(bytes.end(), value.begin(), value.end());
    }
  }
  return bytes;
}

class RunnerContractTest : public ::testing::TestWithParam<Subject> {
 protected:
  void SetUp() override {
    const Availability availability = GetParam().runner.probe({});
    if (!availability.available) GTEST_SKIP() << availability.reason;
    runner_ = GetParam().runner.make();
  }

  void prepare(int batch) { runner_->prepare(GetParam().model, options(batch)); }

  static RunnerOptions options(int batch) {
    RunnerOptions options;
    options.batch = batch;
    options.kernels = GetParam().kernels;
    return options;
  }

  [[nodiscard]] std::vector<std::byte> raw_output() const {
    std::vector<std::byte> bytes(runner_->outputs().front().byte_size());
    runner_->get_output(0, bytes);
    return bytes;
  }

  /// Scores of image `image` of the batch.
  [[nodiscard]] std::vector<float> scores(std::size_t image = 0) const {
    const TensorSpec& spec = runner_->outputs().front();
    const std::vector<std::byte> bytes = raw_output();
    std::vector<float> values;
    for (std::size_t c = 0; c < kClasses; ++c) {
      values.push_back(decode(bytes.data() + (image * kClasses + c) * dtype_bytes(spec.dtype), spec));
    }
    return values;
  }

  void run(const std::vector<Colour>& colours) {
    runner_->set_input(0, images(runner_->inputs().front(), colours));
    runner_->invoke();
  }

  std::unique_ptr<Runner> runner_;
};

TEST_P(RunnerContractTest, NamesItselfAsItsDescriptorDoes) {
  prepare(1);
  EXPECT_EQ(runner_->describe().name, GetParam().runner.name);
  EXPECT_FALSE(runner_->describe().kernels.empty());
}

TEST_P(RunnerContractTest, DescriptionStaysTheSameWhileItRuns) {
  prepare(1);
  const RunnerDescription before = runner_->describe();
  run({kColours[0]});
  const RunnerDescription after = runner_->describe();
  EXPECT_EQ(before.version, after.version);
  EXPECT_EQ(before.kernels, after.kernels);
  EXPECT_EQ(before.notes, after.notes);
}

TEST_P(RunnerContractTest, ShapesAreTheModelsWithTheBatchInFront) {
  for (const int batch : {1, 5}) {
    prepare(batch);
    ASSERT_EQ(runner_->inputs().size(), 1U);
    ASSERT_EQ(runner_->outputs().size(), 1U);
    EXPECT_EQ(runner_->inputs().front().shape, (std::vector<int>{batch, 8, 8, 3}));
    EXPECT_EQ(runner_->outputs().front().shape, (std::vector<int>{batch, kClasses}));
  }
}

TEST_P(RunnerContractTest, ScoresAgreeWithTheReference) {
  prepare(1);
  for (const Colour& colour : kColours) {
    run({colour});
    const std::vector<float> expected = testing::colour_scores(colour, kClasses);
    const std::vector<float> actual = scores();
    for (std::size_t c = 0; c < kClasses; ++c)
      EXPECT_NEAR(actual[c], expected[c], GetParam().tolerance) << "class " << c;
  }
}

TEST_P(RunnerContractTest, EveryImageOfABatchGetsItsOwnAnswer) {
  const int batch = 64;
  prepare(batch);
  run(kColours);
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch); ++i) {
    const std::vector<float> expected = testing::colour_scores(kColours[i % kColours.size()], kClasses);
    const std::vector<float> actual = scores(i);
    for (std::size_t c = 0; c < kClasses; ++c)
      EXPECT_NEAR(actual[c], expected[c], GetParam().tolerance) << "image " << i;
  }
}

TEST_P(RunnerContractTest, SameInputGivesTheSameBytes) {
  prepare(1);
  run({kColours[1]});
  const std::vector<std::byte> first = raw_output();
  run({kColours[2]});
  EXPECT_NE(raw_output(), first);
  run({kColours[1]});
  EXPECT_EQ(raw_output(), first);
}

TEST_P(RunnerContractTest, InvokeLeavesItsInputAlone) {
  prepare(1);
  run({kColours[2]});
  const std::vector<std::byte> first = raw_output();
  for (int i = 0; i < 3; ++i) runner_->invoke();
  EXPECT_EQ(raw_output(), first);
}

TEST_P(RunnerContractTest, AnInputWrittenInPlaceIsWhatIsRead) {
  prepare(2);
  run({kColours[1], kColours[2]});
  const std::vector<std::byte> expected = raw_output();
  run({kColours[0], kColours[0]});
  const std::vector<std::byte> input = images(runner_->inputs().front(), {kColours[1], kColours[2]});
  const std::span<std::byte> memory = runner_->input_memory(0);
  ASSERT_EQ(memory.size(), input.size());
  std::copy(input.begin(), input.end(), memory.begin());
  runner_->invoke();
  EXPECT_EQ(raw_output(), expected);
}

TEST_P(RunnerContractTest, ABrokenModelIsRefusedAndTheRunnerStaysUsable) {
  const std::vector<std::byte> half(GetParam().model.begin(), GetParam().model.begin() + 40);
  const std::vector<std::byte> noise(500, std::byte{0x5A});
  for (const std::vector<std::byte>& broken : {half, noise, std::vector<std::byte>{}}) {
    try {
      runner_->prepare(broken, options(1));
      FAIL() << "accepted " << broken.size() << " broken bytes";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModel) << error.what();
    }
  }
  prepare(1);
  run({kColours[0]});
  EXPECT_NEAR(scores()[0], testing::colour_scores(kColours[0], kClasses)[0], GetParam().tolerance);
}

TEST_P(RunnerContractTest, WrongBufferSizesAreRefused) {
  prepare(1);
  std::vector<std::byte> small(runner_->inputs().front().byte_size() - 1);
  EXPECT_THROW(runner_->set_input(0, small), Error);
  std::vector<std::byte> large(runner_->outputs().front().byte_size() + 1);
  EXPECT_THROW(runner_->get_output(0, large), Error);
}

TEST_P(RunnerContractTest, TwoInstancesDoNotDisturbEachOther) {
  prepare(1);
  const std::unique_ptr<Runner> other = GetParam().runner.make();
  other->prepare(GetParam().model, options(2));
  run({kColours[0]});
  const std::vector<std::byte> before = raw_output();
  other->set_input(0, images(other->inputs().front(), {kColours[2]}));
  other->invoke();
  EXPECT_EQ(raw_output(), before);
}

std::string subject_name(const ::testing::TestParamInfo<Subject>& info) {
  return info.param.runner.name + "_" + info.param.model_name;
}

INSTANTIATE_TEST_SUITE_P(EveryRunner, RunnerContractTest, ::testing::ValuesIn(subjects()), subject_name);

}  // namespace
}  // namespace qbench::runners
