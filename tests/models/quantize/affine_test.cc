// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/affine.h"

#include <gtest/gtest.h>

namespace qbench::models {
namespace {

TEST(AffineTest, HoldsBytesWithScaleOne) {
  EXPECT_EQ(params_for({0.0F, 255.0F}, ActivationType::kInt8), (AffineParams{1.0F, -128}));
}

TEST(AffineTest, RoundsTheZeroPointAwayFromZero) {
  EXPECT_EQ(params_for({-1.0F, 1.0F}, ActivationType::kInt8).zero_point, -1);
}

TEST(AffineTest, WidensARangeToZero) {
  EXPECT_EQ(params_for({2.0F, 6.0F}, ActivationType::kInt8), params_for({0.0F, 6.0F}, ActivationType::kInt8));
  EXPECT_EQ(params_for({-6.0F, -2.0F}, ActivationType::kInt8).zero_point, 127);
}

TEST(AffineTest, IsSymmetricInSixteenBits) {
  EXPECT_EQ(params_for({-1.0F, 6.0F}, ActivationType::kInt16), (AffineParams{6.0F / 32767.0F, 0}));
}

TEST(AffineTest, GivesADeadTensorScaleOne) {
  EXPECT_EQ(params_for({0.0F, 0.0F}, ActivationType::kInt8), (AffineParams{1.0F, -128}));
  EXPECT_EQ(params_for({0.0F, 1e-30F}, ActivationType::kInt16).scale, 1.0F);
}

TEST(AffineTest, QuantizesTiesAwayFromZeroAndClamps) {
  EXPECT_EQ(quantize_value(2.5F, {1.0F, 0}, -128, 127), 3);
  EXPECT_EQ(quantize_value(-2.5F, {1.0F, 0}, -128, 127), -3);
  EXPECT_EQ(quantize_value(1e9F, {1.0F, 0}, -128, 127), 127);
}

TEST(AffineTest, MovesToUint8) { EXPECT_EQ(as_uint8({0.5F, -128}), (AffineParams{0.5F, 0})); }

}  // namespace
}  // namespace qbench::models
