// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/file_watch.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "core/sha256.h"
#include "tests/support/paths.h"

namespace qbench::engine {
namespace {

class FileWatchTest : public ::testing::Test {
 protected:
  FileWatchTest() {
    write("first");
    watch_.add("model file", path_, sha256_file(path_), file_identity(path_));
  }
  void write(std::string_view text) const { write_file_atomic(path_, text); }

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "model";
  FileWatch watch_;
};

TEST_F(FileWatchTest, AFileThatStaysIsTheSame) { EXPECT_EQ(watch_.change(), ""); }

TEST_F(FileWatchTest, AnotherContentIsNamedAndStaysFound) {
  write("other");
  const std::string line = "the model file '" + path_.string() + "' changed during the run";
  EXPECT_EQ(watch_.change(), line);
  write("first");
  EXPECT_EQ(watch_.change(), line);
}

TEST_F(FileWatchTest, TheSameContentWrittenAnewIsTheSame) {
  write("first");
  EXPECT_EQ(watch_.change(), "");
  write("other");
  EXPECT_NE(watch_.change(), "");
}

TEST_F(FileWatchTest, AFileThatIsGoneHasChanged) {
  std::filesystem::remove(path_);
  EXPECT_NE(watch_.change(), "");
}

TEST_F(FileWatchTest, WhatHasNoHashIsNotWatched) {
  FileWatch watch;
  watch.add("delegate", path_, "", file_identity(path_));
  write("other");
  EXPECT_EQ(watch.change(), "");
}

}  // namespace
}  // namespace qbench::engine
