// SPDX-License-Identifier: Apache-2.0
#include "core/standard_streams.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <iostream>
#include <string>

namespace qbench {
namespace {

/// What `check` says in a process that was started with these streams closed.
bool holds_with_closed(std::initializer_list<int> streams, const std::function<bool()>& check) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (const int stream : streams) ::close(stream);
    open_standard_streams();
    ::_exit(check() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(StandardStreamsTest, NoFileOfOursGetsTheNumberOfAClosedOne) {
  EXPECT_TRUE(holds_with_closed({0, 1, 2}, [] { return ::open("/dev/null", O_RDONLY) > STDERR_FILENO; }));
  EXPECT_TRUE(holds_with_closed({1}, [] { return ::open("/dev/null", O_RDONLY) > STDERR_FILENO; }));
  EXPECT_TRUE(holds_with_closed({2}, [] { return ::open("/dev/null", O_RDONLY) > STDERR_FILENO; }));
}

TEST(StandardStreamsTest, WritingToAClosedOutputIsAnErrorAndToAClosedErrorIsNot) {
  EXPECT_TRUE(holds_with_closed({0, 1, 2}, [] { return ::write(STDOUT_FILENO, "x", 1) < 0; }));
  EXPECT_TRUE(holds_with_closed({0, 1, 2}, [] { return ::write(STDERR_FILENO, "x", 1) == 1; }));
}

TEST(StandardStreamsTest, OpenOnesStayAsTheyAre) {
  EXPECT_TRUE(holds_with_closed({}, [] {
    const int next = ::open("/dev/null", O_RDONLY);
    open_standard_streams();
    return ::open("/dev/null", O_RDONLY) == next + 1;
  }));
}

TEST(StandardStreamsTest, AMessageThatCannotBeWrittenEndsNothing) {
  const auto prints = [] {
    ::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO);
    fmt::print(stderr, "a message\n");
    fmt::print(stderr, "{}\n", std::string(100000, 'x'));
    return true;
  };
  EXPECT_TRUE(holds_with_closed({}, prints));
}

TEST(StandardStreamsTest, AMessageThatCanBeWrittenIsWrittenAtOnce) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_TRUE(holds_with_closed({}, [&ends] {
    ::dup2(ends[1], STDERR_FILENO);
    fmt::print(stderr, "{}, {}", "said", 2);
    return true;
  }));
  char text[16] = {};
  EXPECT_EQ(::read(ends[0], text, sizeof text), 7);
  EXPECT_STREQ(text, "said, 2");
}

/// Prints into a pipe that nobody reads; what `work` says afterwards.
bool holds_without_reader(const std::function<bool()>& work) {
  return holds_with_closed({}, [&work] {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return false;
    for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(ends[1], stream);
    ::close(ends[0]);
    survive_lost_readers();
    return work();
  });
}

TEST(StandardStreamsTest, AReaderThatGoesAwayIsNoError) {
  EXPECT_TRUE(holds_without_reader([] {
    fmt::print("{}\n", std::string(100'000, 'x'));
    fmt::print(stderr, "x\n");
    std::cout << "x" << std::flush;
    return std::fflush(stdout) == 0 && std::cout.good();
  }));
}

TEST(StandardStreamsTest, AFullDiskIsAnError) {
  EXPECT_TRUE(holds_with_closed({}, [] {
    ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO);
    survive_lost_readers();
    fmt::print("x\n");
    return std::fflush(stdout) != 0 && errno == ENOSPC;
  }));
}

}  // namespace
}  // namespace qbench
