// SPDX-License-Identifier: Apache-2.0
#include "core/standard_streams.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <initializer_list>
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

}  // namespace
}  // namespace qbench
