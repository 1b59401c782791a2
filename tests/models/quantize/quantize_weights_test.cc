// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/quantize_weights.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace qbench::models {
namespace {

using ::testing::ElementsAre;

TEST(QuantizeWeightsTest, ScalesEachChannelAlongTheFirstDimension) {
  const std::vector<float> weights{1.0F, -2.0F, 0.5F, 0.25F};
  const ChannelLayout layout = ChannelLayout::along({2, 2}, 0);
  const std::vector<float> scales = weight_scales(weights, layout);
  EXPECT_THAT(scales, ElementsAre(2.0F / 127.0F, 0.5F / 127.0F));
  EXPECT_THAT(quantize_weights(weights, layout, scales), ElementsAre(64, -127, 127, 64));
}

TEST(QuantizeWeightsTest, ScalesEachChannelAlongTheLastDimension) {
  const std::vector<float> weights{1.0F, 10.0F, -2.0F, 5.0F};
  const ChannelLayout layout = ChannelLayout::along({1, 2, 1, 2}, 3);
  EXPECT_THAT(weight_scales(weights, layout), ElementsAre(2.0F / 127.0F, 10.0F / 127.0F));
}

TEST(QuantizeWeightsTest, GivesOneScaleToAWholeTensor) {
  const std::vector<float> weights{1.0F, -2.0F, 0.5F, 0.25F};
  EXPECT_THAT(weight_scales(weights, ChannelLayout::whole({2, 2})), ElementsAre(2.0F / 127.0F));
}

TEST(QuantizeWeightsTest, KeepsTheScaleOfAZeroChannelNormal) {
  const std::vector<float> weights(4, 0.0F);
  for (float scale : weight_scales(weights, ChannelLayout::along({2, 2}, 0))) {
    EXPECT_TRUE(std::isnormal(scale));
  }
}

TEST(QuantizeWeightsTest, RaisesOnlyTheScaleThatTheBiasDoesNotFit) {
  std::vector<float> scales{1e-9F, 0.01F};
  const std::vector<float> bias{5.0F, 5.0F};
  raise_scales_for_bias(scales, bias, 0.5F, kInt32BiasLimit);
  EXPECT_FLOAT_EQ(scales[0], static_cast<float>(2.0 * 5.0 / kInt32BiasLimit / 0.5));
  EXPECT_EQ(scales[1], 0.01F);
  const std::vector<std::int64_t> stored = quantize_bias(bias, bias_scales(0.5F, scales), kInt32BiasLimit);
  EXPECT_NEAR(static_cast<double>(stored[0]), kInt32BiasLimit / 2.0, 1000.0);
  EXPECT_EQ(stored[1], 1000);
}

TEST(QuantizeWeightsTest, ClampsABiasToItsLimit) {
  const std::vector<float> bias{1e9F, -1e9F};
  const std::vector<float> scales{1e-6F};
  EXPECT_THAT(quantize_bias(bias, scales, kInt32BiasLimit), ElementsAre(2147483647, -2147483647));
}

}  // namespace
}  // namespace qbench::models
