// SPDX-License-Identifier: Apache-2.0
#include "core/folder_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>

#include "core/error.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

class FolderLockTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string refusal() const {
    try {
      const FolderLock lock(folder_.path());
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  }

  /// A child that takes the lock, and says so by ending its side of the pipe, and keeps it until it is killed.
  [[nodiscard]] pid_t holder() const {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const FolderLock lock(folder_.path());
      (void)!::write(ends[1], "x", 1);
      while (true) ::pause();
    }
    char byte = 0;
    EXPECT_EQ(::read(ends[0], &byte, 1), 1);
    ::close(ends[0]);
    ::close(ends[1]);
    return child;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(FolderLockTest, OnlyOneHasIt) {
  std::optional<FolderLock> lock(std::in_place, folder_.path());
  EXPECT_EQ(refusal(), "'" + folder_.path().string() + "' is in use by process " + std::to_string(::getpid()) +
                           "; wait for its end or take another folder");
  lock.reset();
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(FolderLockTest, NothingIsLeftBehind) {
  { const FolderLock lock(folder_.path()); }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

TEST_F(FolderLockTest, TheHolderIsNamedAndTheKernelFreesWhatAKilledOneHeld) {
  const pid_t child = holder();
  EXPECT_NE(refusal().find("process " + std::to_string(child)), std::string::npos) << refusal();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / FolderLock::kFile));
  EXPECT_EQ(refusal(), "taken");
}

TEST_F(FolderLockTest, AStartedProgramDoesNotKeepIt) {
  std::optional<FolderLock> lock(std::in_place, folder_.path());
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl("/bin/sleep", "sleep", "30", nullptr);
    ::_exit(1);
  }
  std::string answer;
  lock.reset();
  for (int tries = 0; tries < 100 && answer != "taken"; ++tries) {  // until the child has become sleep
    answer = refusal();
    ::usleep(20'000);
  }
  EXPECT_EQ(answer, "taken");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST_F(FolderLockTest, ALinkInItsPlaceIsNotFollowed) {
  const std::filesystem::path elsewhere = folder_.path() / "elsewhere";
  std::filesystem::create_symlink(elsewhere, folder_.path() / FolderLock::kFile);
  EXPECT_NE(refusal().find("cannot write"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(elsewhere));
}

TEST_F(FolderLockTest, AFolderThatIsNotThereIsNamed) { EXPECT_THROW(FolderLock(folder_.path() / "absent"), Error); }

}  // namespace
}  // namespace qbench
