// SPDX-License-Identifier: Apache-2.0
#include "models/classifier.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "models/metadata.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;

TEST(ClassifierTest, TheLastOpIsSeenBehindWhatOnlyPassesValuesOn) {
  GraphBuilder b;
  const int x = b.input("x", {1, 64});
  const int p = b.op(Op::kLogistic, {x}, b.activation("p", {1, 64}));
  const int flat = b.op(Op::kReshape, {p, b.int32s("shape", {4}, {-1, 1, 1, 64})}, b.activation("flat", {1, 1, 1, 64}));
  const int logits = b.op(Op::kRelu, {x}, b.activation("relu", {1, 64}));
  const ClassifierHints hints = classifier_hints(b.finish({flat, logits, x}));
  ASSERT_EQ(hints.outputs.size(), 3U);
  EXPECT_EQ(hints.outputs[0].last_op, LastOp::kLogistic);
  EXPECT_EQ(hints.outputs[1].last_op, LastOp::kOther);
  EXPECT_EQ(hints.outputs[2].last_op, LastOp::kUnknown);
}

TEST(ClassifierTest, ARingOfOpsEnds) {
  GraphBuilder b;
  const int x = b.input("x", {1, 64});
  const int y = b.activation("y", {1, 64});
  b.op(Op::kReshape, {y}, y);
  EXPECT_EQ(classifier_hints(b.finish({y})).outputs[0].last_op, LastOp::kUnknown);
  EXPECT_GE(x, 0);
}

TEST(ClassifierTest, SignaturesNameOutputs) {
  Graph graph = testing::tiny_float_graph();
  graph.signatures = {{"serving_default", {}, {{"probabilities", graph.outputs[0]}}}};
  EXPECT_EQ(classifier_hints(graph).outputs[0].alias, "probabilities");
}

TEST(ClassifierTest, TheBatchOfTheFileDoesNotMatter) {
  GraphBuilder b;
  const int image = b.input("image", {16, 3, 9, 8});
  const int mean =
      b.op(Op::kMean, {image, b.int32s("axes", {2}, {2, 3})}, b.activation("mean", {16, 3}), ReducerOptions{});
  const Graph graph = b.finish({mean});
  const ClassifierView view = classifier_view_of(graph, classifier_hints(graph));
  EXPECT_EQ(view.image, (ImageInput{9, 8, 3, PixelOrder::kPlanes}));
  EXPECT_EQ(view.scores.values, 3U);
}

TEST(ClassifierTest, AnImageWithoutABatchStaysWhole) {
  GraphBuilder b;
  const int image = b.input("image", {8, 9, 3});
  const int mean = b.op(Op::kMean, {image, b.int32s("axes", {2}, {0, 1})}, b.activation("mean", {3}), ReducerOptions{});
  const Graph graph = b.finish({mean});
  EXPECT_EQ(classifier_view_of(graph, {}).image, (ImageInput{8, 9, 3, PixelOrder::kPixels}));
}

}  // namespace
}  // namespace qbench::models
