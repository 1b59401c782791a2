// SPDX-License-Identifier: Apache-2.0
#include "core/files.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

class MappedFileTest : public ::testing::Test {
 protected:
  [[nodiscard]] ErrorCode refusal(const std::filesystem::path& path, std::uint64_t max_bytes = 1U << 20U) const {
    try {
      const MappedFile file(path, max_bytes);
    } catch (const Error& error) {
      return error.code();
    }
    ADD_FAILURE() << "it was mapped";
    return ErrorCode::kUsage;
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "file";
};

TEST_F(MappedFileTest, HoldsTheSameBytesAsAReadFile) {
  write_file_atomic(path_, std::string(10000, 'x') + "end");
  MappedFile file(path_);
  const MappedFile moved = std::move(file);
  EXPECT_TRUE(std::ranges::equal(moved.bytes(), read_file(path_)));
}

TEST_F(MappedFileTest, AnEmptyFileHasNoBytes) {
  write_file_atomic(path_, "");
  EXPECT_TRUE(MappedFile(path_).bytes().empty());
}

TEST_F(MappedFileTest, WhatCannotBeMappedIsAnIoError) {
  EXPECT_EQ(refusal(path_), ErrorCode::kIo);
  EXPECT_EQ(refusal(folder_.path()), ErrorCode::kIo);
  write_file_atomic(path_, "1234");
  EXPECT_EQ(refusal(path_, 3), ErrorCode::kIo);
}

}  // namespace
}  // namespace qbench
