// SPDX-License-Identifier: Apache-2.0
#include "harness/board/frequency_reader.h"

#include <gtest/gtest.h>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

TEST(FrequencyReaderTest, PoliciesComeInTheOrderOfTheirNumbers) {
  testing::RecordedTree tree;
  for (const char* policy : {"policy10", "policy2", "ondemand"}) {
    tree.file(std::string("sys/devices/system/cpu/cpufreq/") + policy + "/scaling_governor", "performance");
  }
  const auto policies = read_frequencies(tree.tree());
  ASSERT_EQ(policies.size(), 2U);
  EXPECT_EQ(policies[0].name, "policy2");
  EXPECT_EQ(policies[1].name, "policy10");
  EXPECT_EQ(policies[0].governor, "performance");
  EXPECT_FALSE(policies[0].current_khz.has_value());
}

TEST(FrequencyReaderTest, UnknownClockIsMissingAndNotZero) {
  testing::RecordedTree tree;
  tree.file("sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq", "<unknown>");
  EXPECT_FALSE(read_frequencies(tree.tree()).at(0).current_khz.has_value());
}

}  // namespace
}  // namespace qbench
