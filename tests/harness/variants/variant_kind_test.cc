// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/variant_kind.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace qbench::variants {
namespace {

TEST(VariantKindTest, KnowsEveryMemberOfTheFamily) {
  const auto kinds = variant_kinds({"fp16", "dynamic", "weight-only", "int8", "int16x8", "pruned50", "rounded"});
  EXPECT_EQ(kinds.size(), 7U);
  EXPECT_TRUE(kinds[3].needs_calibration());
  EXPECT_FALSE(kinds[0].needs_calibration());
  EXPECT_EQ(kinds[5].percent, 50);
}

TEST(VariantKindTest, RefusesWhatDoesNotExist) {
  for (const char* name : {"", "int4", "pruned", "pruned0", "pruned100", "pruned5x", "fp16 "}) {
    EXPECT_THROW((void)variant_kind(name), Error) << name;
  }
}

TEST(VariantKindTest, RefusesTheSameTwiceAndNothing) {
  EXPECT_THROW((void)variant_kinds({"int8", "int8"}), Error);
  EXPECT_THROW((void)variant_kinds({}), Error);
}

}  // namespace
}  // namespace qbench::variants
