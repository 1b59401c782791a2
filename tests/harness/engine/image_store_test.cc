// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/image_store.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "datasets/open_dataset.h"
#include "datasets/synth.h"
#include "tests/support/paths.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kImages = 40;

class ImageStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    datasets::write_synthetic_set(set_, kImages, 5, {.size = 32});
    std::filesystem::create_directories(work_);
  }

  ImageStore store(std::vector<PixelNeed> needs) {
    dataset_ = datasets::open_dataset({.path = set_});
    return {dataset_.get(), work_, settings_, std::move(needs)};
  }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(work_), {}));
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path set_ = folder_.path() / "set";
  std::filesystem::path work_ = folder_.path() / "work";
  RunSettings settings_;
  SilentProgress progress_;
  std::unique_ptr<datasets::Dataset> dataset_;
  datasets::PixelShape small_{.height = 32, .width = 32, .channels = 3};
};

TEST_F(ImageStoreTest, CellsWithTheSamePixelsShareOneFile) {
  Recipe other = named_recipe("tf");  // the values differ, the pixels do not
  ImageStore images = store({{Recipe(), small_}, {other, small_}});
  ASSERT_TRUE(images.load_chunk(0, progress_));
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(images.cache_for(Recipe(), small_), images.cache_for(other, small_));
  EXPECT_EQ(images.entries().size(), kImages);
}

TEST_F(ImageStoreTest, AnotherSizeIsAnotherFile) {
  ImageStore images = store({{Recipe(), small_}, {Recipe(), {.height = 16, .width = 16, .channels = 3}}});
  ASSERT_TRUE(images.load_chunk(0, progress_));
  EXPECT_EQ(files(), 2U);
}

TEST_F(ImageStoreTest, ASetAboveTheLimitIsStreamedInChunksOfTheSameResult) {
  settings_.cache_limit_mb = 1;
  const datasets::PixelShape large{.height = 128, .width = 128, .channels = 3};  // 21 images a MiB
  ImageStore images = store({{Recipe(), large}});
  ASSERT_EQ(images.chunks(), 2U);
  EXPECT_EQ(images.chunk(0).count + images.chunk(1).count, kImages);
  for (std::size_t i = 0; i < images.chunks(); ++i) ASSERT_TRUE(images.load_chunk(i, progress_));
  EXPECT_EQ(files(), 1U);
  EXPECT_EQ(images.entries().size(), kImages);
  DatasetRecord streamed;
  images.describe(streamed);

  settings_.cache_limit_mb = 1024;
  ImageStore whole(dataset_.get(), work_, settings_, {{Recipe(), large}});
  ASSERT_TRUE(whole.load_chunk(0, progress_));
  DatasetRecord at_once;
  whole.describe(at_once);
  EXPECT_EQ(streamed.sha256, at_once.sha256);
  EXPECT_EQ(streamed.samples, at_once.samples);
}

TEST_F(ImageStoreTest, GoingBackToAChunkCountsNothingTwice) {
  settings_.cache_limit_mb = 1;
  ImageStore images = store({{Recipe(), {.height = 128, .width = 128, .channels = 3}}});
  for (std::size_t i : {0U, 1U, 0U}) ASSERT_TRUE(images.load_chunk(i, progress_));
  EXPECT_EQ(images.entries().size(), kImages);
}

TEST_F(ImageStoreTest, DamagedImagesAreCountedAndNamed) {
  const std::string victim = datasets::synthetic_class_names()[0] + "/zzz.jpg";
  write_file_atomic(set_ / victim, std::string("no image"));
  ImageStore images = store({{Recipe(), small_}});
  ASSERT_TRUE(images.load_chunk(0, progress_));
  DatasetRecord record;
  images.describe(record);
  ASSERT_EQ(record.skipped, 1);
  EXPECT_EQ(record.skipped_images[0].id, victim);
  EXPECT_FALSE(record.skipped_images[0].reason.empty());
}

TEST_F(ImageStoreTest, WithoutADatasetThereIsNoise) {
  ImageStore images(nullptr, work_, settings_, {{Recipe(), small_}});
  ASSERT_TRUE(images.load_chunk(0, progress_));
  EXPECT_EQ(datasets::TensorCache::open(images.cache_for(Recipe(), small_)).size(), images.samples());
}

TEST_F(ImageStoreTest, TheFilesVanishWithTheStore) {
  {
    ImageStore images = store({{Recipe(), small_}});
    ASSERT_TRUE(images.load_chunk(0, progress_));
  }
  EXPECT_EQ(files(), 0U);
}

}  // namespace
}  // namespace qbench::engine
