// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_match.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ClassMatchTest, TheVeryLabelWins) {
  const ClassMatcher matcher({"crane bird", "crane", "Crane"});
  EXPECT_THAT(matcher.find("crane"), ElementsAre(1));
  EXPECT_THAT(matcher.find("Crane"), ElementsAre(2));
  EXPECT_THAT(matcher.find("crane bird"), ElementsAre(0));
  EXPECT_THAT(matcher.find("CRANE"), ElementsAre(1, 2));
}

TEST(ClassMatchTest, SpellingDoesNotMatter) {
  const ClassMatcher matcher({"Hot Dog", "K\xC3\xA4se"});
  EXPECT_THAT(matcher.find("hot_dog"), ElementsAre(0));
  EXPECT_THAT(matcher.find("Ka\xCC\x88se"), ElementsAre(1));
}

TEST(ClassMatchTest, NumberBeforeEitherNameIsPassedOver) {
  const ClassMatcher words({"zero", "one"});
  EXPECT_THAT(words.find("0_zero"), ElementsAre(0));
  EXPECT_THAT(words.find("7-one"), ElementsAre(1));
  const ClassMatcher numbered({"0_zero", "1_one"});
  EXPECT_THAT(numbered.find("one"), ElementsAre(1));
  EXPECT_THAT(numbered.find("01"), ElementsAre(1));
  EXPECT_THAT(ClassMatcher({"0", "1"}).find("1_one"), ElementsAre(1));
}

TEST(ClassMatchTest, NumberDoesNotOutweighAName) {
  EXPECT_THAT(ClassMatcher({"0_cat", "1_dog"}).find("1_cow"), IsEmpty());
}

TEST(ClassMatchTest, WordNetIdsAndSynonymsAreFound) {
  const ClassMatcher matcher({"n01440764 tench, Tinca tinca", "n01484850 great white shark, white shark"});
  for (const char* name : {"n01440764", "n01440764_tench", "tench", "Tinca_tinca", "N01440764"}) {
    EXPECT_THAT(matcher.find(name), ElementsAre(0)) << name;
  }
  EXPECT_THAT(matcher.find("great_white_shark"), ElementsAre(1));
  EXPECT_THAT(matcher.find("great"), ElementsAre(1));
}

TEST(ClassMatchTest, StrangersAndEmptyNamesAreNoClass) {
  const ClassMatcher matcher({"", "cat"});
  EXPECT_THAT(matcher.find("dog"), IsEmpty());
  EXPECT_THAT(matcher.find(""), IsEmpty());
  EXPECT_THAT(matcher.find("_"), IsEmpty());
}

}  // namespace
}  // namespace qbench::datasets
