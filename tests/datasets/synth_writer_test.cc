// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>
#include <thread>

#include "core/error.h"
#include "core/files.h"
#include "datasets/synth.h"
#include "tests/support/one_cpu.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SynthWriterTest : public ::testing::Test {
 protected:
  SynthWriterTest() {
    std::string pattern = (fs::temp_directory_path() / "qbench-synth-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
  }
  ~SynthWriterTest() override { fs::remove_all(root_); }

  [[nodiscard]] fs::path folder() const { return root_ / "the set"; }

  // Relative path -> content of every regular file.
  [[nodiscard]] std::map<std::string, std::vector<std::byte>> files() const {
    std::map<std::string, std::vector<std::byte>> result;
    for (const auto& entry : fs::recursive_directory_iterator(folder())) {
      if (entry.is_regular_file()) result[fs::relative(entry, folder())] = read_file(entry.path());
    }
    return result;
  }

  void expect_refused(std::size_t count, std::uint64_t seed, int size, ErrorCode code, const std::string& text) const {
    try {
      write_synthetic_set(folder(), count, seed, {.size = size, .jobs = 1, .progress = {}});
      ADD_FAILURE() << "no error: " << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_THAT(error.what(), HasSubstr(text));
    }
  }

  fs::path root_;
};

TEST_F(SynthWriterTest, NoMoreThreadsThanTheMaskAllows) {
  qbench::testing::on_one_cpu([this] {
    std::set<std::thread::id> writers;
    const auto note = [&writers](std::size_t, std::size_t) { writers.insert(std::this_thread::get_id()); };
    write_synthetic_set(folder(), 40, 1, {.size = 32, .jobs = 0, .progress = note});
    EXPECT_EQ(writers, std::set{std::this_thread::get_id()});
  });
}

TEST_F(SynthWriterTest, WritesOneFolderPerClassAndTheBytesOfEveryImage) {
  const auto result = write_synthetic_set(folder(), 25, 9);
  EXPECT_EQ(result.written, 25U);
  EXPECT_EQ(result.kept, 0U);
  EXPECT_EQ(files().size(), 26U);  // and the description
  const auto bytes = encode_synthetic(9, 21);
  const auto file = read_file(folder() / "circle" / "000021.jpg");
  ASSERT_EQ(file.size(), bytes.size());
  EXPECT_TRUE(std::equal(file.begin(), file.end(), std::as_bytes(std::span(bytes)).begin()));
}

TEST_F(SynthWriterTest, TheNumberOfJobsDoesNotChangeTheFiles) {
  write_synthetic_set(folder(), 20, 4, {.size = 32, .jobs = 1, .progress = {}});
  const auto one = files();
  fs::remove_all(folder());
  write_synthetic_set(folder(), 20, 4, {.size = 32, .jobs = 4, .progress = {}});
  EXPECT_EQ(files(), one);
}

TEST_F(SynthWriterTest, ASecondCallRepairsMissingAndCutFilesOnly) {
  write_synthetic_set(folder(), 20, 4);
  const auto before = files();
  fs::remove(folder() / "arrow" / "000010.jpg");
  fs::resize_file(folder() / "ring" / "000006.jpg", 100);
  fs::resize_file(folder() / "star" / "000008.jpg", 0);
  const auto result = write_synthetic_set(folder(), 20, 4);
  EXPECT_EQ(result.written, 3U);
  EXPECT_EQ(result.kept, 17U);
  EXPECT_EQ(files(), before);
}

TEST_F(SynthWriterTest, ALargerCountExtendsTheSet) {
  write_synthetic_set(folder(), 10, 4);
  const auto result = write_synthetic_set(folder(), 15, 4);
  EXPECT_EQ(result.written, 5U);
  EXPECT_EQ(result.kept, 10U);
}

TEST_F(SynthWriterTest, ProgressCountsEveryImageUpToTheTotal) {
  std::vector<std::size_t> seen;
  write_synthetic_set(folder(), 12, 4, {.size = 16, .jobs = 3, .progress = [&](std::size_t done, std::size_t total) {
                                          EXPECT_EQ(total, 12U);
                                          seen.push_back(done);
                                        }});
  EXPECT_THAT(seen, ::testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
}

TEST_F(SynthWriterTest, AnInterruptedSetHoldsWholeFilesAndGoesOn) {
  const auto interrupt = [](std::size_t done, std::size_t) {
    if (done == 5) throw std::runtime_error("stop");
  };
  EXPECT_THROW(write_synthetic_set(folder(), 30, 4, {.size = 32, .jobs = 1, .progress = interrupt}),
               std::runtime_error);
  EXPECT_EQ(files().size(), 6U);
  const auto result = write_synthetic_set(folder(), 30, 4, {.size = 32, .jobs = 1, .progress = {}});
  EXPECT_EQ(result.written, 25U);
  EXPECT_EQ(result.kept, 5U);
}

TEST_F(SynthWriterTest, AnotherSetInTheFolderIsRefused) {
  write_synthetic_set(folder(), 10, 4, {.size = 32, .jobs = 1, .progress = {}});
  expect_refused(10, 5, 32, ErrorCode::kDataset, "seed 4");
  expect_refused(10, 4, 96, ErrorCode::kDataset, "32x32");
  expect_refused(9, 4, 32, ErrorCode::kDataset, "set of 10 images");
}

TEST_F(SynthWriterTest, AFolderWithOtherFilesIsRefusedAndLeftAlone) {
  fs::create_directories(folder());
  std::ofstream(folder() / "holiday.jpg") << "x";
  expect_refused(10, 4, 32, ErrorCode::kDataset, "is not empty");
  EXPECT_EQ(files().size(), 1U);
}

TEST_F(SynthWriterTest, ADamagedDescriptionIsRefused) {
  fs::create_directories(folder());
  std::ofstream(folder() / ".qbench-synth.json") << "{\"seed\": ";
  expect_refused(10, 4, 32, ErrorCode::kDataset, "damaged");
}

TEST_F(SynthWriterTest, NoImagesAndImpossibleSizesAreUsageErrors) {
  expect_refused(0, 4, 32, ErrorCode::kUsage, "at least one");
  expect_refused(10, 4, 5, ErrorCode::kUsage, "5x5");
  EXPECT_FALSE(fs::exists(folder()));
}

TEST_F(SynthWriterTest, AFolderThatCannotBeMadeIsAnIoError) {
  std::ofstream(root_ / "the set") << "a file is in the way";
  expect_refused(10, 4, 32, ErrorCode::kIo, "cannot make folder");
}

// A file size limit fails writes in the middle, as a full disk does, and works for root too.
TEST_F(SynthWriterTest, ADiskThatTakesNoMoreIsAnIoErrorAndLeavesNoHalfFile) {
  write_synthetic_set(folder(), 1, 4);
  rlimit old_limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old_limit), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, old_limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  expect_refused(20, 4, kSyntheticSize, ErrorCode::kIo, "writing '");
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old_limit), 0);
  std::signal(SIGXFSZ, old_handler);
  for (const auto& [name, content] : files()) EXPECT_THAT(name, ::testing::Not(::testing::EndsWith(".part")));
  EXPECT_EQ(write_synthetic_set(folder(), 20, 4).kept, 1U);
}

}  // namespace
}  // namespace qbench::datasets
