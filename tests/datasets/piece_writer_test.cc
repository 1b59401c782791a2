// SPDX-License-Identifier: Apache-2.0
#include "datasets/piece_writer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/error.h"
#include "tests/datasets/file_size_limit.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

constexpr PixelShape kPieceShape{.height = 8, .width = 8, .channels = 3};
constexpr std::size_t kPieceImages = 4;  // images
constexpr std::size_t kAllImages = 400;
constexpr std::size_t kPieceThreads = 4;

std::uint8_t piece_pixel(std::size_t image) { return static_cast<std::uint8_t>(image * 7 + 1); }

class PieceWriterTest : public ::testing::Test {
 protected:
  /// Writes every piece from `kPieceThreads` threads; returns how many of them met an error.
  int write_all(PieceWriter& pieces) {
    std::atomic<std::size_t> next{0};
    std::atomic<int> failures{0};
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kPieceThreads; ++i) {
      threads.emplace_back([&] {
        std::vector<std::uint8_t> buffer;
        try {
          for (std::size_t first = next.fetch_add(kPieceImages); first < kAllImages;
               first = next.fetch_add(kPieceImages)) {
            buffer.resize(kPieceImages * kPieceShape.bytes());
            for (std::size_t at = 0; at < buffer.size(); ++at)
              buffer[at] = piece_pixel(first + at / kPieceShape.bytes());
            pieces.write(first, buffer);
          }
        } catch (const Error&) {
          ++failures;
        }
      });
    }
    threads.clear();
    return failures;
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "pixels.cache";
  TensorCacheWriter writer_{file_, kPieceShape, kAllImages};
};

TEST_F(PieceWriterTest, EveryPieceOfEveryThreadLiesInItsPlace) {
  PieceWriter pieces(writer_, 2);
  EXPECT_EQ(write_all(pieces), 0);
  writer_.finish(std::vector<CacheEntry>(kAllImages, CacheEntry{.label = 0, .ok = true}));
  const TensorCache cache = TensorCache::open(file_);
  const TensorWindow window = cache.window(0, kAllImages);
  for (std::size_t i = 0; i < kAllImages; ++i) {
    EXPECT_EQ(window.image(i).front(), piece_pixel(i)) << i;
    EXPECT_EQ(window.image(i).back(), piece_pixel(i)) << i;
  }
}

TEST_F(PieceWriterTest, TheCallerGetsABufferOfItsOwnBack) {
  PieceWriter pieces(writer_, 1);
  std::vector<std::uint8_t> buffer(kPieceImages * kPieceShape.bytes(), 5);
  pieces.write(0, buffer);
  buffer.assign(kPieceImages * kPieceShape.bytes(), 6);
  pieces.write(kPieceImages, buffer);
  writer_.finish(std::vector<CacheEntry>(kAllImages, CacheEntry{.label = 0, .ok = true}));
  const TensorCache cache = TensorCache::open(file_);
  EXPECT_EQ(cache.window(0, 1).image(0).front(), 5);
  EXPECT_EQ(cache.window(kPieceImages, 1).image(0).front(), 6);
}

TEST_F(PieceWriterTest, AFullDiskIsTheErrorOfOneThreadAndHoldsNoneUp) {
  PieceWriter pieces(writer_, 1);
  const FileSizeLimit limit(kAllImages * kPieceShape.bytes() / 2);
  EXPECT_EQ(write_all(pieces), 1);
}

}  // namespace
}  // namespace qbench::datasets
