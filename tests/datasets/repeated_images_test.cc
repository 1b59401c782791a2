// SPDX-License-Identifier: Apache-2.0
#include "datasets/repeated_images.h"

#include <gtest/gtest.h>

#include "core/sha256.h"

namespace qbench::datasets {
namespace {

TEST(RepeatedImagesTest, CopiesAreCountedAndNamedWithTheirOriginal) {
  RepeatFinder finder;
  finder.add(0, 0, sha256_hex("a"));
  finder.add(1, 0, sha256_hex("b"));
  finder.add(2, 0, sha256_hex("a"));
  finder.add(3, 1, sha256_hex("c"));
  finder.add(4, 0, sha256_hex("a"));
  EXPECT_EQ(finder.count(), 2U);
  EXPECT_EQ(finder.other_class_count(), 0U);
  ASSERT_EQ(finder.same_class().size(), 2U);
  EXPECT_EQ(finder.same_class()[1].index, 4U);
  EXPECT_EQ(finder.same_class()[1].original, 0U);
}

TEST(RepeatedImagesTest, CopiesUnderAnotherLabelAreToldApart) {
  RepeatFinder finder;
  finder.add(0, 0, sha256_hex("a"));
  finder.add(1, 2, sha256_hex("a"));
  EXPECT_EQ(finder.count(), 1U);
  EXPECT_EQ(finder.other_class_count(), 1U);
  EXPECT_TRUE(finder.other_class().at(0).other_class);
  EXPECT_TRUE(finder.same_class().empty());
}

TEST(RepeatedImagesTest, WhatCouldNotBeReadIsNoCopy) {
  RepeatFinder finder;
  finder.add(0, 0, "");
  finder.add(1, 0, "");
  EXPECT_EQ(finder.count(), 0U);
}

TEST(RepeatedImagesTest, ExamplesAreFewHoweverManyCopiesThereAre) {
  RepeatFinder finder;
  for (std::size_t i = 0; i <= 1000; ++i) finder.add(i, 0, sha256_hex("a"));
  EXPECT_EQ(finder.count(), 1000U);
  EXPECT_EQ(finder.same_class().size(), 100U);
}

}  // namespace
}  // namespace qbench::datasets
