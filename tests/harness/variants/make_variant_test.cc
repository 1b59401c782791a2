// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/make_variant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/graph_builder.h"

namespace qbench::variants {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// 12 weights and as many biases: less than any rule packs.
models::Graph small_graph() {
  testing::GraphBuilder b;
  const int image = b.input("image", {1, 2, 2, 3});
  const int mean = b.op(models::Op::kMean, {image, b.int32s("axes", {2}, {1, 2})}, b.activation("mean", {1, 3}),
                        models::ReducerOptions{});
  return b.finish({b.op(models::Op::kFullyConnected, {mean, b.pattern("w", {4, 3}), b.pattern("b", {4})},
                        b.activation("scores", {1, 4}), models::FullyConnectedOptions{})});
}

Variant made(const models::Graph& graph, const char* kind, const VariantOptions& options = {}) {
  models::ActivationStatistics statistics;
  if (variant_kind(kind).needs_calibration()) {
    statistics.ranges.assign(graph.tensors.size(), models::Range{-1.0F, 3.0F});
  }
  return make_variant(graph, variant_kind(kind), statistics, options);
}

TEST(MakeVariantTest, AModelWithoutLargeWeightsHasNoSmallVariants) {
  EXPECT_THAT(made(small_graph(), "dynamic").nothing_done, HasSubstr("1024 weights"));
  EXPECT_THAT(made(small_graph(), "weight-only").nothing_done, HasSubstr("256 weights"));
  EXPECT_THAT(made(small_graph(), "fp16").nothing_done, HasSubstr("64 values"));
}

TEST(MakeVariantTest, OneThatChangesSomethingSaysNothing) {
  for (const char* kind : {"int8", "rounded", "pruned50"}) {
    EXPECT_THAT(made(small_graph(), kind).nothing_done, IsEmpty()) << kind;
  }
}

TEST(MakeVariantTest, AnIntegerVariantWithAllOpsInFloatIsNone) {
  EXPECT_THAT(made(small_graph(), "int8", {.keep_float = {0, 1}}).nothing_done, HasSubstr("no op"));
}

TEST(MakeVariantTest, StoredWeightsWithoutImagesSayThatTheirBiasesAreNotCorrected) {
  EXPECT_THAT(made(small_graph(), "dynamic").notes, ElementsAre(HasSubstr("give --calibrate DATASET")));
  EXPECT_THAT(made(small_graph(), "dynamic", {.correct_bias = false}).notes, IsEmpty());
}

}  // namespace
}  // namespace qbench::variants
