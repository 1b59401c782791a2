// SPDX-License-Identifier: Apache-2.0
#include "datasets/tensor_cache.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <numeric>

#include "core/error.h"
#include "datasets/tensor_cache_format.h"
#include "datasets/tensor_cache_writer.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;

constexpr PixelShape kShape{.height = 5, .width = 7, .channels = 3};

class TensorCacheTest : public ::testing::Test {
 protected:
  /// Image i is filled with the byte i; every third image is skipped.
  void write_cache(std::size_t count) const {
    TensorCacheWriter writer(file_, kShape, count);
    std::vector<CacheEntry> entries;
    for (std::size_t i = 0; i < count; ++i) {
      writer.write(i, std::vector<std::uint8_t>(kShape.bytes(), static_cast<std::uint8_t>(i)));
      entries.push_back({.label = static_cast<int>(i) - 2, .ok = i % 3 != 0});
    }
    writer.finish(entries);
  }

  void overwrite(std::uint64_t offset, std::span<const std::byte> bytes) const {
    const UniqueFd fd(::open(file_.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_EQ(::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset)),
              static_cast<ssize_t>(bytes.size()));
  }
  template <typename Number>
  void overwrite_number(std::uint64_t offset, Number number) const {
    overwrite(offset, std::as_bytes(std::span(&number, 1)));
  }

  /// The message of the Error(kIo) that opening throws.
  [[nodiscard]] std::string refusal() const {
    try {
      static_cast<void>(TensorCache::open(file_));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo);
      EXPECT_THAT(error.what(), HasSubstr(file_.string()));
      return error.what();
    }
    return "opened";
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "pixels.cache";
};

TEST_F(TensorCacheTest, WhatWasWrittenIsRead) {
  write_cache(10);
  const TensorCache cache = TensorCache::open(file_);
  EXPECT_EQ(cache.shape(), kShape);
  ASSERT_EQ(cache.size(), 10U);
  EXPECT_EQ(cache.entries()[4], (CacheEntry{.label = 2, .ok = true}));
  EXPECT_EQ(cache.entries()[6], (CacheEntry{.label = 4, .ok = false}));
  const TensorWindow all = cache.window(0, 10);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_THAT(all.image(i), ::testing::Each(static_cast<std::uint8_t>(i)));
  }
}

TEST_F(TensorCacheTest, WindowHoldsItsRangeOnly) {
  write_cache(100);  // more than one page
  const TensorCache cache = TensorCache::open(file_);
  const TensorWindow window = cache.window(41, 7);
  EXPECT_EQ(window.first(), 41U);
  EXPECT_EQ(window.count(), 7U);
  EXPECT_EQ(window.pixels().size(), 7 * kShape.bytes());
  EXPECT_THAT(window.image(0), ::testing::Each(41));
  EXPECT_THAT(window.image(6), ::testing::Each(47));
}

TEST_F(TensorCacheTest, WindowOutlivesItsCache) {
  write_cache(5);
  const TensorWindow window = [&] {
    const TensorCache cache = TensorCache::open(file_);
    return cache.window(2, 2);
  }();
  EXPECT_THAT(window.image(1), ::testing::Each(3));
}

TEST_F(TensorCacheTest, MovedWindowKeepsItsPixels) {
  write_cache(5);
  const TensorCache cache = TensorCache::open(file_);
  TensorWindow first = cache.window(0, 1);
  first = cache.window(4, 1);
  const TensorWindow second = std::move(first);
  EXPECT_THAT(second.image(0), ::testing::Each(4));
}

TEST_F(TensorCacheTest, WindowsAreUnmappedAgain) {
  write_cache(2000);
  const TensorCache cache = TensorCache::open(file_);
  const auto mapped_pages = [] {
    std::ifstream statm("/proc/self/statm");
    long pages = 0;
    statm >> pages;
    return pages;
  };
  static_cast<void>(cache.window(0, 2000));
  const long before = mapped_pages();
  for (int i = 0; i < 100; ++i) static_cast<void>(cache.window(0, 2000));
  // One window has about 50 pages; 100 left mapped would be 5000.
  EXPECT_LT(mapped_pages() - before, 1000);
}

TEST_F(TensorCacheTest, WindowOutsideTheCacheIsAnError) {
  write_cache(5);
  const TensorCache cache = TensorCache::open(file_);
  EXPECT_THROW(static_cast<void>(cache.window(0, 6)), Error);
  EXPECT_THROW(static_cast<void>(cache.window(5, 1)), Error);
  EXPECT_THROW(static_cast<void>(cache.window(2, 0)), Error);
  EXPECT_THROW(static_cast<void>(cache.window(1, std::numeric_limits<std::size_t>::max())), Error);
}

TEST_F(TensorCacheTest, ReadCopiesItsRangeOnly) {
  write_cache(100);
  const TensorCache cache = TensorCache::open(file_);
  std::vector<std::uint8_t> pixels(2 * kShape.bytes());
  cache.read(41, 2, pixels);
  EXPECT_THAT(std::span(pixels).first(kShape.bytes()), ::testing::Each(41));
  EXPECT_THAT(std::span(pixels).last(kShape.bytes()), ::testing::Each(42));
}

TEST_F(TensorCacheTest, ReadOutsideTheCacheIsAnError) {
  write_cache(5);
  const TensorCache cache = TensorCache::open(file_);
  std::vector<std::uint8_t> pixels(2 * kShape.bytes());
  EXPECT_THROW(cache.read(4, 2, pixels), Error);
  EXPECT_THROW(cache.read(5, 0, {}), Error);
}

TEST_F(TensorCacheTest, MissingFileIsNamed) { EXPECT_THAT(refusal(), HasSubstr("No such file")); }

TEST_F(TensorCacheTest, FileCutShortIsRefusedAtAnyLength) {
  write_cache(3);
  const auto size = std::filesystem::file_size(file_);
  for (const std::uintmax_t kept :
       {size - 1, std::uintmax_t{4096}, std::uintmax_t{100}, std::uintmax_t{10}, std::uintmax_t{0}}) {
    std::filesystem::resize_file(file_, kept);
    EXPECT_NE(refusal(), "opened") << kept;
  }
}

TEST_F(TensorCacheTest, UnfinishedFileIsRefused) {
  const TensorCacheWriter writer(file_, kShape, 3);
  writer.write(0, std::vector<std::uint8_t>(3 * kShape.bytes()));
  EXPECT_THAT(refusal(), HasSubstr("not a finished tensor cache"));
}

TEST_F(TensorCacheTest, UnfinishedFileIsRemovedWithItsWriter) {
  { const TensorCacheWriter writer(file_, kShape, 3); }
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(TensorCacheTest, AnotherVersionIsNamed) {
  write_cache(3);
  overwrite_number(offsetof(CacheHeader, version), kCacheVersion + 7);
  EXPECT_THAT(refusal(), HasSubstr(fmt::format("has version {}", kCacheVersion + 7)));
}

TEST_F(TensorCacheTest, HostileNumbersAreRefusedWithoutAllocating) {
  write_cache(3);
  for (const std::uint64_t count : {std::uint64_t{0}, std::uint64_t{1} << 27U, ~std::uint64_t{0}}) {
    overwrite_number(offsetof(CacheHeader, count), count);
    EXPECT_NE(refusal(), "opened") << count;
  }
  overwrite_number(offsetof(CacheHeader, count), std::uint64_t{3});
  for (const std::uint32_t channels : {0U, 2U, ~0U}) {
    overwrite_number(offsetof(CacheHeader, channels), channels);
    EXPECT_THAT(refusal(), HasSubstr("damaged header"));
  }
}

TEST_F(TensorCacheTest, ChangedLabelFailsTheChecksum) {
  write_cache(3);
  overwrite_number(sizeof(CacheHeader), std::int32_t{77});
  EXPECT_THAT(refusal(), HasSubstr("checksum does not match"));
}

TEST_F(TensorCacheTest, SwappedSidesFailTheChecksum) {
  write_cache(3);
  overwrite_number(offsetof(CacheHeader, height), std::uint32_t{7});
  overwrite_number(offsetof(CacheHeader, width), std::uint32_t{5});
  EXPECT_THAT(refusal(), HasSubstr("checksum does not match"));
}

TEST_F(TensorCacheTest, FolderIsNoCache) {
  std::filesystem::create_directory(file_);
  EXPECT_NE(refusal(), "opened");
}

TEST_F(TensorCacheTest, UnwritablePlaceIsNamed) {
  const std::filesystem::path nowhere = folder_.path() / "missing" / "pixels.cache";
  try {
    const TensorCacheWriter writer(nowhere, kShape, 3);
    FAIL() << "it was created";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    EXPECT_THAT(error.what(), HasSubstr(nowhere.string()));
  }
}

}  // namespace
}  // namespace qbench::datasets
