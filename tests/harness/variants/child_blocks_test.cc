// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/child_blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <set>

#include "core/error.h"
#include "tests/support/one_cpu.h"

namespace qbench::variants {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

BlockWork squares(const Beat&) {
  return [](std::size_t block) { return std::to_string(block * block); };
}

TEST(ChildBlocksTest, ReturnsResultsInOrderWhateverTheNumberOfChildren) {
  for (int jobs : {1, 2, 7}) {
    EXPECT_THAT(run_in_children({.blocks = 5, .jobs = jobs}, squares), ElementsAre("0", "1", "4", "9", "16"));
  }
}

TEST(ChildBlocksTest, NoMoreChildrenThanTheMaskAllows) {
  testing::on_one_cpu([] {
    const auto pids = run_in_children(
        {.blocks = 8}, [](const Beat&) { return BlockWork([](std::size_t) { return std::to_string(::getpid()); }); });
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
  const auto results = run_in_children({.blocks = 2, .jobs = 2}, [](const Beat&) {
    return BlockWork([](std::size_t block) { return std::string(1 << 20, static_cast<char>('a' + block)); });
  });
  EXPECT_EQ(results[1], std::string(1 << 20, 'b'));
}

TEST(ChildBlocksTest, ThrowsAnErrorOfAChildAgain) {
  try {
    (void)run_in_children({.blocks = 4, .jobs = 2}, [](const Beat&) {
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

/// The error of one child that does this as its first block.
Error error_of_block(const BlockWork& work, const ChildLimits& limits = {}) {
  try {
    (void)run_in_children({.blocks = 1, .jobs = 1, .what = "the model", .limits = limits},
                          [&work](const Beat&) { return work; });
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return {ErrorCode::kIo, ""};
}

TEST(ChildBlocksTest, ACrashNamesItsSignalAndLastWords) {
  const Error error = error_of_block([](std::size_t) -> std::string {
    std::fputs("first\nthe tensor is gone\n", stderr);
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
  });
  EXPECT_EQ(error.code(), ErrorCode::kRuntime);
  EXPECT_STREQ(error.what(),
               "the model: crashed in stage 'load': signal 6 (ABRT, Aborted); its last words: the tensor is gone");
}

TEST(ChildBlocksTest, AHangWhileLoadingEndsAtTheLoadDeadline) {
  const Error error = error_of_block(
      [](std::size_t) -> std::string {
        for (;;) ::pause();
      },
      {.load_timeout_s = 0.2});
  EXPECT_EQ(error.code(), ErrorCode::kRuntime);
  EXPECT_STREQ(error.what(), "the model: timeout in stage 'load': no answer within 0.2 s; the process was killed");
}

TEST(ChildBlocksTest, AHangAfterTheFirstImageEndsAtTheOtherDeadline) {
  try {
    (void)run_in_children({.blocks = 1, .what = "the model", .limits = {.request_timeout_s = 0.2}},
                          [](const Beat& beat) {
                            return BlockWork([beat](std::size_t) -> std::string {
                              beat();
                              for (;;) ::pause();
                            });
                          });
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("timeout in stage 'run': no answer within 0.2 s"));
  }
}

TEST(ChildBlocksTest, ABlockMayTakeLongerThanTheDeadlineOfAnImage) {
  const ChildLimits limits{.load_timeout_s = 0.4, .request_timeout_s = 0.4};
  const auto results = run_in_children({.blocks = 1, .limits = limits}, [](const Beat& beat) {
    return BlockWork([beat](std::size_t) -> std::string {
      for (int image = 0; image < 12; ++image) {
        ::usleep(60'000);
        beat();
      }
      return "done";
    });
  });
  EXPECT_THAT(results, ElementsAre("done"));
}

TEST(ChildBlocksTest, AllocationWithoutEndReachesTheLimit) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "memory limits cannot be set under AddressSanitizer";
#endif
  const Error error = error_of_block(
      [](std::size_t) -> std::string {
        std::vector<std::unique_ptr<char[]>> blocks;
        for (;;) blocks.emplace_back(new char[1 << 20]);
      },
      {.memory_limit_mb = 16});
  EXPECT_EQ(error.code(), ErrorCode::kOutOfMemory);
  EXPECT_STREQ(error.what(), "the model: oom: an allocation failed; the memory limit was reached");
}

TEST(ChildBlocksTest, WhatALibraryStartsIsEndedWithIt) {
  const auto results = run_in_children({.blocks = 1}, [](const Beat&) {
    return BlockWork([](std::size_t) -> std::string {
      const pid_t grandchild = ::fork();  // which keeps the pipes open
      if (grandchild == 0) {
        for (;;) ::pause();
      }
      return std::to_string(grandchild);
    });
  });
  const pid_t grandchild = std::stoi(results[0]);
  for (int tries = 0; tries < 100 && ::kill(grandchild, 0) == 0; ++tries) {
    // An orphan of this container may stay a zombie: nobody waits for it.
    std::ifstream stat("/proc/" + results[0] + "/stat");
    std::string line;
    std::getline(stat, line);
    if (line.find(") Z ") != std::string::npos) return;
    ::usleep(10'000);
  }
  EXPECT_NE(::kill(grandchild, 0), 0);
}

TEST(ChildBlocksTest, AnEnclosedChildReachesNoFile) {
  const auto can_read = [](const ChildLimits& limits) {
    return run_in_children({.blocks = 1, .limits = limits},
                           [](const Beat&) {
                             return BlockWork([](std::size_t) -> std::string {
                               const int fd = ::open("/etc/passwd", O_RDONLY);
                               return fd >= 0 ? "yes" : "no";
                             });
                           })
        .front();
  };
  EXPECT_EQ(can_read({}), "yes");
  EXPECT_EQ(can_read({.enclosed = true}), "no");
}

TEST(ChildBlocksTest, ALibraryThatClosesItsOutputsDoesNotKeepTheParentBusy) {
  const std::clock_t before = std::clock();
  (void)run_in_children({.blocks = 1}, [](const Beat&) {
    return BlockWork([](std::size_t) -> std::string {
      ::close(STDOUT_FILENO);
      ::close(STDERR_FILENO);
      ::usleep(300'000);
      return {};
    });
  });
  EXPECT_LT(std::clock() - before, CLOCKS_PER_SEC / 10);
}

TEST(ChildBlocksTest, ALibraryThatTalksWithoutEndIsStillWatched) {
  const Error error = error_of_block(
      [](std::size_t) -> std::string {
        for (;;) std::fputs("talk talk talk\n", stderr);
      },
      {.load_timeout_s = 0.2});
  EXPECT_THAT(error.what(), HasSubstr("timeout in stage 'load'"));
}

}  // namespace
}  // namespace qbench::variants
