// SPDX-License-Identifier: Apache-2.0
#include "core/scratch_folder.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace qbench
