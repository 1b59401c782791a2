// SPDX-License-Identifier: Apache-2.0
#include "datasets/cache_builder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "datasets/open_dataset.h"
#include "datasets/preprocess.h"
#include "tests/datasets/file_size_limit.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;

constexpr PixelShape kShape{.height = 16, .width = 16, .channels = 3};

class CacheBuilderTest : public ::testing::Test {
 protected:
  /// 30 images in 3 classes, of which three cannot be used.
  CacheBuilderTest() {
    for (int i = 0; i < 30; ++i) {
      const std::string name = fmt::format("{}/{:02}.jpg", "abc"[i % 3], i);
      samples::write(root_ / name, samples::jpeg(20 + i, 30, i));
    }
    samples::write(root_ / "a/00.jpg", "");
    samples::write(root_ / "b/01.jpg", samples::png_header(30000, 30000));
    samples::Bytes cut = samples::jpeg(40, 40);
    cut.resize(cut.size() / 2);
    samples::write(root_ / "c/29.jpg", cut);
    DatasetOptions options;
    options.path = root_;
    dataset_ = open_dataset(options);
  }

  CacheBuildReport build(const SampleRange& range, const CacheBuildOptions& options = {}) const {
    return build_tensor_cache(*dataset_, range, Recipe{}, kShape, file_, options);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path root_ = folder_.path() / "images";
  std::filesystem::path file_ = folder_.path() / "pixels.cache";
  std::unique_ptr<Dataset> dataset_;
};

TEST_F(CacheBuilderTest, CacheHoldsEveryPreprocessedImage) {
  build({.first = 0, .count = 30});
  const TensorCache cache = TensorCache::open(file_);
  const TensorWindow window = cache.window(0, 30);
  std::vector<std::uint8_t> expected(kShape.bytes());
  for (std::size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(cache.entries()[i].label, dataset_->samples()[i].label);
    const LoadResult loaded = dataset_->load(i, true);
    ASSERT_EQ(cache.entries()[i].ok, loaded.ok());
    if (!loaded.ok()) continue;
    EXPECT_EQ(preprocess(loaded.image, Recipe{}, kShape, expected), "");
    EXPECT_THAT(window.image(i), ::testing::ElementsAreArray(expected));
  }
}

TEST_F(CacheBuilderTest, BadImagesAreNamedAndLeaveZeros) {
  const CacheBuildReport report = build({.first = 0, .count = 30});
  EXPECT_EQ(report.ok_count, 27U);
  ASSERT_EQ(report.skipped.size(), 3U);
  EXPECT_EQ(report.skipped[0].id, "a/00.jpg");
  EXPECT_EQ(report.skipped[0].reason, "the file is empty");
  EXPECT_EQ(report.skipped[1].id, "b/01.jpg");
  EXPECT_THAT(report.skipped[1].reason, HasSubstr("too large"));
  EXPECT_EQ(report.skipped[2].id, "c/29.jpg");
  EXPECT_THAT(report.skipped[2].reason, HasSubstr("damaged"));
  EXPECT_EQ(report.skipped[2].index, 29U);
  const TensorCache cache = TensorCache::open(file_);
  EXPECT_THAT(cache.window(29, 1).image(0), ::testing::Each(0));
}

TEST_F(CacheBuilderTest, ImagesThatStretchingPutsOutOfShapeAreCounted) {
  // 27 good ones with sides 22 .. 48 to 30, of which 29, 30 and 31 are within a twentieth of a square.
  EXPECT_EQ(build({.first = 0, .count = 30}).distorted, 24U);
  Recipe crop;
  crop.resize = Recipe::Resize::kShortSide;
  EXPECT_EQ(build_tensor_cache(*dataset_, {0, 30}, crop, kShape, file_).distorted, 0U);
}

TEST_F(CacheBuilderTest, TurnedImagesAreCounted) {
  samples::write(root_ / "b/04.jpg", samples::with_orientation(samples::jpeg(), 6));
  samples::write(root_ / "a/03.jpg", samples::with_orientation(samples::jpeg(), 1));
  samples::write(root_ / "a/06.jpg", samples::with_orientation(samples::jpeg(), 3));
  std::vector<std::string> ids;
  for (const std::size_t i : build({.first = 0, .count = 30}).reoriented) ids.push_back(dataset_->samples()[i].id);
  EXPECT_THAT(ids, ::testing::ElementsAre("a/06.jpg", "b/04.jpg"));
  EXPECT_EQ(build({.first = 4, .count = 10}).reoriented.size(), 1U);
}

TEST_F(CacheBuilderTest, NumberOfJobsDoesNotChangeTheFile) {
  CacheBuildOptions options;
  options.jobs = 1;
  EXPECT_EQ(build({.first = 0, .count = 30}, options).jobs, 1);
  const std::string one = sha256_file(file_);
  for (const int jobs : {2, 5}) {
    options.jobs = jobs;
    const CacheBuildReport report = build({.first = 0, .count = 30}, options);
    EXPECT_EQ(report.jobs, jobs);
    EXPECT_EQ(report.skipped.size(), 3U);
    EXPECT_EQ(sha256_file(file_), one);
  }
}

TEST_F(CacheBuilderTest, RangeBecomesACacheOfItsOwn) {
  build({.first = 7, .count = 5});
  const TensorCache cache = TensorCache::open(file_);
  ASSERT_EQ(cache.size(), 5U);
  std::vector<std::uint8_t> expected(kShape.bytes());
  EXPECT_EQ(preprocess(dataset_->load(9, true).image, Recipe{}, kShape, expected), "");
  EXPECT_THAT(cache.window(2, 1).image(0), ::testing::ElementsAreArray(expected));
}

TEST_F(CacheBuilderTest, FingerprintOfRangesIsThatOfTheWhole) {
  CacheBuildOptions options;
  DatasetFingerprint whole;
  options.fingerprint = &whole;
  build({.first = 0, .count = 30}, options);
  DatasetFingerprint parts;
  options.fingerprint = &parts;
  build({.first = 0, .count = 11}, options);
  build({.first = 11, .count = 19}, options);
  EXPECT_EQ(parts.finish(), whole.finish());
}

TEST_F(CacheBuilderTest, FingerprintFollowsTheContent) {
  CacheBuildOptions options;
  DatasetFingerprint before;
  options.fingerprint = &before;
  build({.first = 0, .count = 30}, options);
  samples::write(root_ / "b/04.jpg", samples::jpeg(24, 30, 99));
  DatasetFingerprint after;
  options.fingerprint = &after;
  build({.first = 0, .count = 30}, options);
  EXPECT_NE(after.finish(), before.finish());
}

TEST_F(CacheBuilderTest, ProgressComesOnTheCallingThreadAndReachesTheEnd) {
  CacheBuildOptions options;
  std::size_t last = 0;
  const std::thread::id caller = std::this_thread::get_id();
  options.progress = [&](std::size_t done, std::size_t total) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    EXPECT_EQ(total, 30U);
    EXPECT_GE(done, last);
    last = done;
  };
  build({.first = 0, .count = 30}, options);
  EXPECT_EQ(last, 30U);
}

TEST_F(CacheBuilderTest, StopLeavesNoFile) {
  std::stop_source stop;
  stop.request_stop();
  CacheBuildOptions options;
  options.stop = stop.get_token();
  EXPECT_TRUE(build({.first = 0, .count = 30}, options).cancelled);
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(CacheBuilderTest, TimesAreMeasured) {
  const CacheBuildReport report = build({.first = 0, .count = 30});
  EXPECT_GT(report.wall_seconds, 0.0);
  EXPECT_GT(report.cpu_seconds, 0.0);
}

TEST_F(CacheBuilderTest, RangeOutsideTheDatasetIsAnError) {
  EXPECT_THROW(build({.first = 0, .count = 31}), Error);
  EXPECT_THROW(build({.first = 30, .count = 1}), Error);
  EXPECT_THROW(build({.first = 3, .count = 0}), Error);
}

TEST_F(CacheBuilderTest, FullDiskIsOneErrorNamingTheFile) {
  const FileSizeLimit limit(10'000);
  try {
    build({.first = 0, .count = 30});
    FAIL() << "it was written";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_THAT(error.what(), HasSubstr(file_.string()));
  }
  EXPECT_FALSE(std::filesystem::exists(file_));
}

}  // namespace
}  // namespace qbench::datasets
