// SPDX-License-Identifier: Apache-2.0
#include "harness/app/result_folder.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "core/error.h"
#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::app {
namespace {

namespace fs = std::filesystem;

class ResultFolderTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string reopening() const {
    try {
      (void)ResultFolder::reopen(path());
    } catch (const Error& error) {
      return error.what();
    }
    return "opened";
  }

  [[nodiscard]] fs::path path() const { return folder_.path(); }
  void write(const fs::path& name) const {
    fs::create_directories((path() / name).parent_path());
    write_file_atomic(path() / name, std::string_view("x"));
  }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(ResultFolderTest, AFolderWithContentIsNotWrittenInto) {
  write("precious.txt");
  EXPECT_THROW((void)ResultFolder::create(path(), Board(), "p"), Error);
  EXPECT_FALSE(fs::exists(path() / FolderLock::kFile));
  EXPECT_NO_THROW((void)ResultFolder::create(path() / "new" / "deep", Board(), "p"));
}

TEST_F(ResultFolderTest, TheLockOfARunThatWasKilledAtOnceIsNoContent) {
  write(FolderLock::kFile);
  EXPECT_NO_THROW((void)ResultFolder::create(path(), Board(), "p"));
}

TEST_F(ResultFolderTest, AFolderInUseIsRefused) {
  const ResultFolder mine = ResultFolder::create(path() / "a", Board(), "p");
  EXPECT_THROW((void)ResultFolder::create(path() / "a", Board(), "p"), Error);
  EXPECT_THROW((void)ResultFolder::reopen(path() / "a"), Error);
}

TEST_F(ResultFolderTest, ThePlansNameDoesNotClimbOutOfResults) {
  const fs::path before = fs::current_path();
  fs::current_path(path());
  std::string made;
  {
    Board board;
    board.id = "b/../..";
    const ResultFolder folder = ResultFolder::create("", board, "../../x");
    made = fs::canonical(folder.path()).parent_path().string();
  }
  fs::current_path(before);
  EXPECT_EQ(made, fs::canonical(path() / "results").string());
}

TEST_F(ResultFolderTest, LinksAreRefusedWhereverTheyLie) {
  write("predictions/fp32.csv");
  EXPECT_EQ(reopening(), "opened");
  fs::create_symlink("/etc/passwd", path() / "predictions" / "int8.csv");
  EXPECT_NE(reopening().find("predictions/int8.csv' is a link"), std::string::npos) << reopening();
  fs::remove(path() / "predictions" / "int8.csv");
  fs::create_directory_symlink("/tmp", path() / "remeasure");
  EXPECT_NE(reopening().find("remeasure' is a link"), std::string::npos) << reopening();
}

TEST_F(ResultFolderTest, WhatAKilledRunLeftIsRemovedAndTheRestKept) {
  for (const char* name : {"images-0123456789abcdef.qtc", "report.json.tmp-AbC123", "fp32.scores.f32.tmp-AbC123",
                           "predictions/fp32.csv.tmp-AbC123", "cells.jsonl", "fp32.scores.f32", "notes.tmp"}) {
    write(name);
  }
  EXPECT_EQ(reopening(), "opened");
  std::set<std::string> left;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path())) {
    if (entry.is_regular_file()) left.insert(entry.path().filename().string());
  }
  EXPECT_EQ(left, (std::set<std::string>{"cells.jsonl", "fp32.scores.f32", "notes.tmp"}));
}

TEST_F(ResultFolderTest, WhatIsNoFolderIsNamed) {
  EXPECT_THROW((void)ResultFolder::reopen(path() / "absent"), Error);
  write("file");
  EXPECT_THROW((void)ResultFolder::reopen(path() / "file"), Error);
}

}  // namespace
}  // namespace qbench::app
