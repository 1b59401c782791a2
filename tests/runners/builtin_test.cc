// SPDX-License-Identifier: Apache-2.0
#include "runners/builtin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/error.h"
#include "tests/support/fake_runner.h"

namespace qbench::runners {
namespace {

using ::testing::HasSubstr;

std::string message_for(std::span<const RunnerDescriptor> runners, std::string_view name) {
  try {
    (void)find_runner(runners, name);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "no error";
}

TEST(BuiltinTest, EveryRunnerIsComplete) {
  std::set<std::string> names;
  for (const RunnerDescriptor& runner : builtin_runners()) {
    EXPECT_TRUE(names.insert(runner.name).second) << runner.name << " is listed twice";
    EXPECT_FALSE(runner.summary.empty());
    EXPECT_NE(runner.probe, nullptr);
    ASSERT_NE(runner.make, nullptr);
    EXPECT_NE(runner.make(), nullptr);
  }
}

TEST(BuiltinTest, FindsARunnerByName) {
  const std::vector<RunnerDescriptor> runners = {testing::fake_descriptor()};
  EXPECT_EQ(&find_runner(runners, "fake"), &runners.front());
}

TEST(BuiltinTest, AnUnknownNameIsAnsweredWithTheNearest) {
  const std::vector<RunnerDescriptor> runners = {testing::fake_descriptor()};
  EXPECT_THAT(message_for(runners, "fke"), HasSubstr("did you mean 'fake'"));
}

TEST(BuiltinTest, AnEmptyListSaysSo) { EXPECT_THAT(message_for({}, "tflite"), HasSubstr("built without any")); }

}  // namespace
}  // namespace qbench::runners
