// SPDX-License-Identifier: Apache-2.0
#include "core/nearest.h"

#include <gtest/gtest.h>

namespace qbench {
namespace {

const std::vector<std::string> kNames = {"name", "variants", "dataset", "gate"};

TEST(NearestTest, AWrongLetterIsForgiven) { EXPECT_EQ(nearest_name("varaints", kNames), "variants"); }

TEST(NearestTest, ABegunNameIsNearerThanAnotherOfItsLength) { EXPECT_EQ(nearest_name("data", kNames), "dataset"); }

TEST(NearestTest, AMissingLetterIsNearerThanAShorterName) {
  const std::vector<std::string> names = {"torch", "torch-imagenet"};
  EXPECT_EQ(nearest_name("torch-imagnet", names), "torch-imagenet");
}

TEST(NearestTest, OneLetterBeginsNothing) { EXPECT_EQ(nearest_name("d", kNames), ""); }

TEST(NearestTest, WithNothingNearTheHintNamesAll) {
  EXPECT_EQ(nearest_hint("threads", kNames), "; known: name, variants, dataset, gate");
}

TEST(NearestTest, TheHintNamesTheNearest) { EXPECT_EQ(nearest_hint("gates", kNames), "; did you mean 'gate'?"); }

}  // namespace
}  // namespace qbench
