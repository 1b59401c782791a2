// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/child_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <csignal>
#include <set>

#include "core/error.h"
#include "tests/support/one_cpu.h"

namespace qbench::variants {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

BlockWork squares() {
  return [](std::size_t block) { return std::to_string(block * block); };
}

TEST(ChildBlocksTest, ReturnsResultsInOrderWhateverTheNumberOfChildren) {
  for (int jobs : {1, 2, 7}) {
    EXPECT_THAT(run_in_children({.blocks = 5, .jobs = jobs}, squares), ElementsAre("0", "1", "4", "9", "16"));
  }
}

TEST(ChildBlocksTest, NoMoreChildrenThanTheMaskAllows) {
  testing::on_one_cpu([] {
    const auto pids = run_in_children({.blocks = 8},
                                      [] { return BlockWork([](std::size_t) { return std::to_string(::getpid()); }); });
    EXPECT_EQ(std::set<std::string>(pids.begin(), pids.end()).size(), 1U);
  });
}

TEST(ChildBlocksTest, TellsHowFarItIs) {
  std::vector<std::size_t> seen;
  (void)run_in_children({.blocks = 3, .jobs = 2, .progress = [&seen](std::size_t done) { seen.push_back(done); }},
                        squares);
  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
}

TEST(ChildBlocksTest, CarriesResultsLargerThanAPipe) {
  const auto results = run_in_children({.blocks = 2, .jobs = 2}, [] {
    return BlockWork([](std::size_t block) { return std::string(1 << 20, static_cast<char>('a' + block)); });
  });
  EXPECT_EQ(results[1], std::string(1 << 20, 'b'));
}

TEST(ChildBlocksTest, ThrowsAnErrorOfAChildAgain) {
  try {
    (void)run_in_children({.blocks = 4, .jobs = 2}, [] {
      return BlockWork([](std::size_t block) -> std::string {
        if (block == 2) throw Error(ErrorCode::kModel, "block {} is bad", block);
        return {};
      });
    });
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    EXPECT_STREQ(error.what(), "block 2 is bad");
  }
}

TEST(ChildBlocksTest, SurvivesAChildThatCrashes) {
  try {
    (void)run_in_children({.blocks = 4, .jobs = 2, .what = "the model"}, [] {
      return BlockWork([](std::size_t block) -> std::string {
        if (block == 1) std::raise(SIGKILL);
        return {};
      });
    });
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kRuntime);
    EXPECT_THAT(error.what(), HasSubstr("the model: its process was killed by signal 9"));
  }
}

}  // namespace
}  // namespace qbench::variants
