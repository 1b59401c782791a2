// SPDX-License-Identifier: Apache-2.0
#include "models/op_codes.h"

#include <gtest/gtest.h>

namespace qbench::models {
namespace {

TEST(OpCodesTest, NamesFollowTheNumbers) {
  EXPECT_EQ(op_name(Op::kAdd), "ADD");
  EXPECT_EQ(op_name(Op::kConv2D), "CONV_2D");
  EXPECT_EQ(op_name(Op::kFullyConnected), "FULLY_CONNECTED");
  EXPECT_EQ(op_name(Op::kCustom), "CUSTOM");
  EXPECT_EQ(op_name(Op::kMean), "MEAN");
  EXPECT_EQ(op_name(Op::kShape), "SHAPE");
  EXPECT_EQ(op_name(Op::kResizeNearestNeighbor), "RESIZE_NEAREST_NEIGHBOR");
  EXPECT_EQ(op_name(Op::kQuantize), "QUANTIZE");
  EXPECT_EQ(op_name(Op::kBatchMatMul), "BATCH_MATMUL");
  EXPECT_EQ(op_name(Op::kBroadcastTo), "BROADCAST_TO");
  EXPECT_EQ(op_name(Op::kGelu), "GELU");
  EXPECT_EQ(op_name(static_cast<Op>(161)), "RIGHT_SHIFT");
}

TEST(OpCodesTest, UnknownNumbersAreNamedByNumber) {
  EXPECT_EQ(op_name(static_cast<Op>(162)), "OP_162");
  EXPECT_EQ(op_name(static_cast<Op>(-3)), "OP_-3");
}

TEST(OpCodesTest, MaxVersions) {
  EXPECT_EQ(max_version_2_9(Op::kFullyConnected), 9);
  EXPECT_EQ(max_version_2_9(Op::kConv2D), 5);
  EXPECT_EQ(max_version_2_9(static_cast<Op>(152)), 0);
  EXPECT_EQ(max_version_2_9(static_cast<Op>(16)), -1);
}

TEST(OpCodesTest, ControlFlow) {
  EXPECT_TRUE(is_control_flow(Op::kWhile));
  EXPECT_FALSE(is_control_flow(Op::kAdd));
}

}  // namespace
}  // namespace qbench::models
