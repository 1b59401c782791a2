// SPDX-License-Identifier: Apache-2.0
#include "models/rebatch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "models/validator.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

int find_op(const Graph& graph, Op op) {
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    if (graph.operators[i].op == op) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

std::vector<std::int64_t> reshape_target(const Graph& graph) {
  const Operator& op = graph.operators[static_cast<std::size_t>(find_op(graph, Op::kReshape))];
  return constant_ints(graph, op.inputs[1]);
}

TEST(RebatchTest, AGraphWithoutHardCodedBatchStaysAsItIs) {
  const Graph graph = testing::tiny_float_graph();
  const Rebatched result = rebatch(graph, 64);
  EXPECT_EQ(result.graph, graph);
  EXPECT_THAT(result.changes, IsEmpty());
  EXPECT_THAT(result.blockers, IsEmpty());
}

TEST(RebatchTest, AConstantReshapeIsFreedInOperandAndOptions) {
  const Rebatched result = rebatch(testing::tiny_fixed_batch_graph(), 64);
  EXPECT_THAT(result.changes, ElementsAre(HasSubstr("RESHAPE #4 'flat'")));
  EXPECT_THAT(result.blockers, IsEmpty());
  EXPECT_THAT(reshape_target(result.graph), ElementsAre(-1, 64));
  const Operator& op = result.graph.operators[4];
  EXPECT_EQ(std::get<ReshapeOptions>(op.options).new_shape, (std::vector<int>{-1, 64}));
  EXPECT_THAT(validate(result.graph), IsEmpty());
}

TEST(RebatchTest, AFreeDimensionElsewhereGivesWayToTheBatch) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4});
  b.op(Op::kReshape, {x, b.int32s("shape", {2}, {1, -1})}, b.activation("y", {1, 16}));
  EXPECT_THAT(reshape_target(rebatch(b.finish({2}), 8).graph), ElementsAre(-1, 16));
}

TEST(RebatchTest, AFreeBatchIsLeftAlone) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4});
  b.op(Op::kReshape, {x, b.int32s("shape", {2}, {-1, 16})}, b.activation("y", {1, 16}));
  EXPECT_THAT(rebatch(b.finish({2}), 8).changes, IsEmpty());
}

TEST(RebatchTest, ASharedShapeIsDuplicated) {
  GraphBuilder b;
  const int x = b.input("x", {1, 16});
  const int other = b.pattern("constant", {16});
  const int shape = b.int32s("shape", {2}, {1, 16});
  const int y = b.op(Op::kReshape, {x, shape}, b.activation("y", {1, 16}));
  const int z = b.op(Op::kReshape, {other, shape}, b.activation("z", {1, 16}));
  const int sum = b.op(Op::kAdd, {y, z}, b.activation("sum", {1, 16}), AddOptions{});
  const Rebatched result = rebatch(b.finish({sum}), 8);
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[0].inputs[1]), ElementsAre(-1, 16));
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[1].inputs[1]), ElementsAre(1, 16));
}

TEST(RebatchTest, AReshapeThatMixesTheBatchBlocks) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 4});
  b.op(Op::kReshape, {x, b.int32s("shape", {2}, {4, 4})}, b.activation("y", {4, 4}));
  const Rebatched result = rebatch(b.finish({2}), 8);
  EXPECT_THAT(result.blockers, ElementsAre(HasSubstr("mixes the batch with other dimensions (1x4x4 to 4x4)")));
  EXPECT_THAT(result.changes, IsEmpty());
}

TEST(RebatchTest, SlicesTakeTheWholeBatch) {
  GraphBuilder b;
  const int x = b.input("x", {1, 8});
  const int a =
      b.op(Op::kSlice, {x, b.int32s("begin", {2}, {0, 2}), b.int32s("size", {2}, {1, 4})}, b.activation("a", {1, 4}));
  const int s = b.op(Op::kStridedSlice,
                     {a, b.int32s("from", {2}, {0, 1}), b.int32s("to", {2}, {1, 3}), b.int32s("step", {2}, {1, 1})},
                     b.activation("s", {1, 2}), StridedSliceOptions{});
  const Rebatched result = rebatch(b.finish({s}), 8);
  EXPECT_EQ(result.changes.size(), 2U);
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[0].inputs[2]), ElementsAre(-1, 4));
  EXPECT_EQ(std::get<StridedSliceOptions>(result.graph.operators[1].options).end_mask, 1);
}

TEST(RebatchTest, ASliceOfTheBatchBlocks) {
  GraphBuilder b;
  const int x = b.input("x", {2, 8});
  const int a =
      b.op(Op::kSlice, {x, b.int32s("begin", {2}, {0, 0}), b.int32s("size", {2}, {1, 8})}, b.activation("a", {1, 8}));
  EXPECT_THAT(rebatch(b.finish({a}), 8).blockers, ElementsAre(HasSubstr("takes a part of the batch")));
}

TEST(RebatchTest, ATransposedConvolutionGetsTheBatch) {
  GraphBuilder b;
  const int x = b.input("x", {1, 2, 2, 1});
  const int y = b.op(Op::kTransposeConv, {b.int32s("shape", {4}, {1, 4, 4, 2}), b.pattern("w", {2, 2, 2, 1}), x},
                     b.activation("y", {1, 4, 4, 2}), TransposeConvOptions{Padding::kSame, 2, 2});
  const Rebatched result = rebatch(b.finish({y}), 16);
  EXPECT_THAT(constant_ints(result.graph, result.graph.operators[0].inputs[0]), ElementsAre(16, 4, 4, 2));
}

TEST(RebatchTest, AConstantJoinedToTheDataBlocks) {
  GraphBuilder b;
  const int x = b.input("x", {1, 4, 8});
  const int token = b.pattern("class_token", {1, 1, 8});
  const int y = b.op(Op::kConcatenation, {token, x}, b.activation("y", {1, 5, 8}), ConcatenationOptions{1});
  EXPECT_THAT(rebatch(b.finish({y}), 2).blockers, ElementsAre(HasSubstr("'class_token'")));
}

TEST(RebatchTest, BatchZeroIsRefused) { EXPECT_THROW((void)rebatch(testing::tiny_float_graph(), 0), Error); }

}  // namespace
}  // namespace qbench::models
