// SPDX-License-Identifier: Apache-2.0
#include "core/files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

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

/// Ends a process with `number` after a while, again and again, that writes files: new ones, or one anew.
class EndedWriterTest : public ::testing::Test {
 protected:
  void end_writers(int number, bool new_names) const {
    for (int trial = 0; trial < 8; ++trial) {
      const pid_t pid = ::fork();
      if (pid == 0) write_without_end(new_names ? fmt::format("{}-", trial) : "");
      ::usleep(static_cast<useconds_t>(1000 * (3 + 2 * trial)));
      ::kill(pid, number);
      int status = 0;
      ::waitpid(pid, &status, 0);
      ASSERT_TRUE(WIFSIGNALED(status));
    }
  }

  [[nodiscard]] std::vector<std::string> leftovers() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      if (entry.file_size() != kSize) names.push_back(entry.path().filename());
      if (entry.path().string().find(".tmp-") != std::string::npos) names.push_back(entry.path().filename());
    }
    return names;
  }

  /// Whether this file system can hold a file without a name; on others SIGKILL leaves one behind.
  [[nodiscard]] bool has_nameless_files() const {
    return static_cast<bool>(UniqueFd(::open(folder_.path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600)));
  }

 private:
  static constexpr std::size_t kSize = 300000;

  [[noreturn]] void write_without_end(const std::string& start) const {
    const std::string text(kSize, 'x');
    for (int i = 0;; ++i) {
      write_file_atomic(folder_.path() / (start.empty() ? "file" : start + std::to_string(i)), text);
    }
  }

  testing::TemporaryFolder folder_;
};

TEST_F(EndedWriterTest, LeavesNothingHalfWhenItIsTerminated) {
  end_writers(SIGTERM, false);
  EXPECT_EQ(leftovers(), std::vector<std::string>());
}

TEST_F(EndedWriterTest, LeavesNothingHalfOfANewFileWhenItIsKilled) {
  if (!has_nameless_files()) GTEST_SKIP() << "this file system has no files without a name";
  end_writers(SIGKILL, true);
  EXPECT_EQ(leftovers(), std::vector<std::string>());
}

TEST(WriteFileTest, TakesThePlaceOfTheOldOneOrLeavesItAsItWas) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "file";
  write_file_atomic(path, "old");
  write_file_atomic(path, "new one");
  EXPECT_EQ(read_text_file(path), "new one");
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0644});
  EXPECT_THROW(write_file_atomic(folder.path() / "absent" / "file", "text"), Error);
  std::filesystem::create_directory(folder.path() / "folder");
  EXPECT_THROW(write_file_atomic(folder.path() / "folder", "text"), Error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2);
}

}  // namespace
}  // namespace qbench
