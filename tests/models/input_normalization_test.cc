// SPDX-License-Identifier: Apache-2.0
#include "models/input_normalization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "core/files.h"
#include "models/tflite_reader.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<int> kShape{1, 4, 4, 3};

using Steps = std::vector<std::pair<Op, std::vector<float>>>;

/// The steps in turn on the input, then a pool.
Graph graph_of(const Steps& steps) {
  testing::GraphBuilder builder;
  int at = builder.input("image", kShape);
  for (const auto& [op, values] : steps) {
    const int constant = builder.floats("constant", {static_cast<int>(values.size())}, values);
    at = builder.op(op, {at, constant}, builder.activation("step", kShape));
  }
  const int axes = builder.int32s("axes", {2}, {1, 2});
  const int output = builder.op(Op::kMean, {at, axes}, builder.activation("scores", {1, 3}), ReducerOptions{});
  return builder.finish({output});
}

TEST(InputNormalizationTest, RescalingToMinusOneToOneTakesRawPixels) {
  const std::string said = input_normalization(graph_of({{Op::kMul, {1.0F / 127.5F}}, {Op::kAdd, {-1.0F}}}));
  EXPECT_THAT(said, HasSubstr("x * 0.00784 - 1"));
}

TEST(InputNormalizationTest, SubtractingAndDividingTakesRawPixels) {
  EXPECT_THAT(input_normalization(graph_of({{Op::kSub, {127.5F}}, {Op::kDiv, {127.5F}}})), HasSubstr("0.00784 - 1"));
}

TEST(InputNormalizationTest, AMeanColourAloneTakesRawPixels) {
  EXPECT_THAT(input_normalization(graph_of({{Op::kSub, {123.7F, 116.8F, 103.9F}}})), HasSubstr("raw pixels"));
}

TEST(InputNormalizationTest, ADeviationOfSmallValuesDoesNot) {
  EXPECT_THAT(input_normalization(graph_of({{Op::kSub, {0.485F, 0.456F, 0.406F}}, {Op::kMul, {4.4F, 4.5F, 4.4F}}})),
              IsEmpty());
}

TEST(InputNormalizationTest, AGraphThatBeginsWithALayerDoesNot) {
  EXPECT_THAT(input_normalization(graph_of({})), IsEmpty());
  EXPECT_THAT(input_normalization(testing::tiny_float_graph()), IsEmpty());
}

TEST(InputNormalizationTest, RealModelsThatNormalizeAreRecognized) {
  const auto lili = testing::shared_data("data/models/lili_default.tflite");
  const auto resnet = testing::shared_data("data/models/resnet8_cifar10_fp32.tflite");
  if (!lili || !resnet) GTEST_SKIP() << testing::shared_data_missing("data/models");
  EXPECT_THAT(input_normalization(read_tflite(read_file(*lili), "lili")), HasSubstr("raw pixels"));
  EXPECT_THAT(input_normalization(read_tflite(read_file(*resnet), "resnet")), IsEmpty());
}

}  // namespace
}  // namespace qbench::models
