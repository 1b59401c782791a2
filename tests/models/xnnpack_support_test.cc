// SPDX-License-Identifier: Apache-2.0
#include "models/xnnpack_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::IsEmpty;

TEST(XnnpackSupportTest, AFloatClassifierIsTakenWhole) {
  EXPECT_THAT(left_by_xnnpack(testing::tiny_float_graph()), IsEmpty());
}

TEST(XnnpackSupportTest, ConcatenationIsLeft) {
  EXPECT_THAT(left_by_xnnpack(testing::tiny_fixed_batch_graph()), ElementsAre(3));
}

TEST(XnnpackSupportTest, Int8SoftmaxIsLeft) {
  EXPECT_THAT(left_by_xnnpack(testing::tiny_int8_graph()), ElementsAre(5));
}

TEST(XnnpackSupportTest, HybridLayersAreLeft) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4});
  b.op(Op::kFullyConnected, {x, b.int8_weights("w", {4, 4}, {0.1F}, 0)}, b.activation("y", {1, 4}),
       FullyConnectedOptions{});
  EXPECT_THAT(left_by_xnnpack(b.graph()), ElementsAre(0));
}

TEST(XnnpackSupportTest, UnpackedWeightsAreTaken) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4});
  const int w = b.op(Op::kDequantize, {b.int8_weights("w", {4, 4}, {0.1F}, 0)}, b.activation("wf", {4, 4}), {}, 2);
  b.op(Op::kFullyConnected, {x, w}, b.activation("y", {1, 4}), FullyConnectedOptions{});
  EXPECT_THAT(left_by_xnnpack(b.graph()), IsEmpty());
}

}  // namespace
}  // namespace qbench::models
