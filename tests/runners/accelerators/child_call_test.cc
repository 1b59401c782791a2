// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/child_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace qbench::runners {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ChildCallTest, BringsBackTheTextOfAnotherProcess) {
  const ChildResult result = call_in_child([] { return "pid " + std::to_string(::getpid()); }, 10s);
  EXPECT_TRUE(result.ok());
  EXPECT_THAT(result.output, HasSubstr("pid "));
  EXPECT_NE(result.output, "pid " + std::to_string(::getpid()));
}

TEST(ChildCallTest, LongTextComesBackWhole) {
  const ChildResult result = call_in_child([] { return std::string(500000, 'x'); }, 10s);
  EXPECT_EQ(result.output.size(), 500000U);
}

TEST(ChildCallTest, AbortIsASignalAndNotOurEnd) {
  const ChildResult result = call_in_child(
      []() -> std::string {
        std::fputs("last words\n", stderr);
        std::signal(SIGABRT, SIG_DFL);
        std::abort();
      },
      10s);
  EXPECT_EQ(result.end, ChildResult::End::kSignalled);
  EXPECT_EQ(result.code, SIGABRT);
  EXPECT_EQ(describe_end(result, 10s), "killed by signal 6 (Aborted)");
  EXPECT_THAT(last_lines(result.errors, 3), ElementsAre("last words"));
}

TEST(ChildCallTest, HangEndsAtTheDeadline) {
  const ChildResult result = call_in_child(
      [] {
        while (true) std::this_thread::sleep_for(1s);
        return std::string();
      },
      200ms);
  EXPECT_EQ(result.end, ChildResult::End::kTimedOut);
  EXPECT_GE(result.seconds, 0.2);
  EXPECT_LT(result.seconds, 5.0);
  EXPECT_EQ(describe_end(result, 200ms), "gave no answer within 0.2 s");
}

TEST(ChildCallTest, HangWithClosedStreamsEndsAtTheDeadlineToo) {
  const ChildResult result = call_in_child(
      [] {
        for (int fd = 0; fd < 64; ++fd) ::close(fd);
        while (true) std::this_thread::sleep_for(1s);
        return std::string();
      },
      200ms);
  EXPECT_EQ(result.end, ChildResult::End::kTimedOut);
}

TEST(ChildCallTest, ExceptionBecomesItsMessage) {
  const ChildResult result = call_in_child([]() -> std::string { throw std::runtime_error("no such library"); }, 10s);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.code, 70);
  EXPECT_EQ(describe_end(result, 10s), "no such library");
}

TEST(ChildCallTest, StdoutOfTheLibraryDoesNotReachOurs) {
  ::testing::internal::CaptureStdout();
  const ChildResult result = call_in_child(
      [] {
        static_cast<void>(::write(STDOUT_FILENO, "noise", 5) < 0);
        return std::string("quiet");
      },
      10s);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(result.output, "quiet");
}

TEST(ChildCallTest, FloodOfMessagesKeepsItsEnd) {
  const ChildResult result = call_in_child(
      [] {
        for (int line = 0; line < 20000; ++line) std::fprintf(stderr, "message %d\n", line);
        std::fflush(stderr);
        return std::string();
      },
      20s);
  EXPECT_TRUE(result.ok());
  EXPECT_LE(result.errors.size(), 8192U);
  EXPECT_THAT(last_lines(result.errors, 1), ElementsAre("message 19999"));
}

TEST(ChildCallTest, LastLinesSkipBlankOnes) {
  EXPECT_THAT(last_lines("a\n\n b\n  \n", 5), ElementsAre("a", " b"));
  EXPECT_THAT(last_lines("", 5), IsEmpty());
}

}  // namespace
}  // namespace qbench::runners
