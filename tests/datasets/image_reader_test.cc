// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "core/error.h"
#include "datasets/tensor_cache_writer.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::Each;

class ImageReaderTest : public ::testing::Test {
 protected:
  /// Image i is filled with the byte i.
  [[nodiscard]] TensorCache cache_of(std::size_t count, const PixelShape& shape) const {
    TensorCacheWriter writer(file_, shape, count);
    for (std::size_t i = 0; i < count; ++i) {
      writer.write(i, std::vector<std::uint8_t>(shape.bytes(), static_cast<std::uint8_t>(i)));
    }
    writer.finish(std::vector<CacheEntry>(count, {.label = 0, .ok = true}));
    return TensorCache::open(file_);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "pixels.cache";
};

TEST_F(ImageReaderTest, GivesEveryImageInTurn) {
  const TensorCache cache = cache_of(40, {.height = 96, .width = 96, .channels = 3});  // several pieces
  ImageReader reader(cache);
  for (std::size_t i = 0; i < 40; ++i) {
    const auto image = reader.image(i);
    ASSERT_EQ(image.size(), cache.shape().bytes());
    EXPECT_THAT(image, Each(static_cast<std::uint8_t>(i)));
  }
}

TEST_F(ImageReaderTest, GivesImagesInAnyOrder) {
  const TensorCache cache = cache_of(40, {.height = 96, .width = 96, .channels = 3});
  ImageReader reader(cache);
  for (const std::size_t i : {39U, 0U, 20U, 19U, 21U, 39U, 38U, 0U}) {
    EXPECT_THAT(reader.image(i), Each(static_cast<std::uint8_t>(i)));
  }
}

TEST_F(ImageReaderTest, GivesImagesLargerThanAPiece) {
  const TensorCache cache = cache_of(3, {.height = 512, .width = 512, .channels = 3});
  ImageReader reader(cache);
  EXPECT_THAT(reader.image(2), Each(2));
  EXPECT_THAT(reader.image(1), Each(1));
}

TEST_F(ImageReaderTest, FileCutShortMeanwhileIsAnError) {
  const TensorCache cache = cache_of(40, {.height = 96, .width = 96, .channels = 3});
  ImageReader reader(cache);
  (void)reader.image(0);
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
  EXPECT_THAT(reader.image(1), Each(1));
  EXPECT_THROW((void)reader.image(39), Error);
}

TEST_F(ImageReaderTest, AFailedPieceIsNotTakenForRead) {
  const TensorCache cache = cache_of(40, {.height = 96, .width = 96, .channels = 3});
  ImageReader reader(cache);
  std::filesystem::resize_file(file_, 4096);
  EXPECT_THROW((void)reader.image(30), Error);
  EXPECT_THROW((void)reader.image(30), Error);
}

}  // namespace
}  // namespace qbench::datasets
