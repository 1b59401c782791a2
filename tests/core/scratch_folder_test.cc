// SPDX-License-Identifier: Apache-2.0
#include "core/scratch_folder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "core/error.h"
#include "core/files.h"

namespace qbench {
namespace {

TEST(ScratchFolderTest, ItVanishesWithEverythingInIt) {
  std::filesystem::path path;
  {
    const ScratchFolder folder;
    path = folder.path();
    std::filesystem::create_directory(path / "inner");
    write_file_atomic(path / "inner" / "file", std::string_view("text"));
    EXPECT_TRUE(std::filesystem::exists(path / "inner" / "file"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(ScratchFolderTest, TwoAreNeverTheSame) {
  const ScratchFolder a;
  const ScratchFolder b;
  EXPECT_NE(a.path(), b.path());
}

TEST(ScratchFolderTest, WhatAKilledProcessLeftIsRemovedByTheNext) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const ScratchFolder folder;
    write_file_atomic(folder.path() / "file", std::string_view("text"));
    const std::string path = folder.path().string();
    (void)!::write(ends[1], path.data(), path.size());
    while (true) ::pause();
  }
  std::string left(4096, '\0');
  left.resize(static_cast<std::size_t>(::read(ends[0], left.data(), left.size())));
  { const ScratchFolder other; }
  EXPECT_TRUE(std::filesystem::exists(left)) << "in use";
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(std::filesystem::exists(left));
  { const ScratchFolder other; }
  EXPECT_FALSE(std::filesystem::exists(left));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace qbench
