// SPDX-License-Identifier: Apache-2.0
#include "core/file_digest.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/files.h"
#include "core/sha256.h"
#include "core/zstd_size.h"
#include "tests/support/paths.h"
#include "tests/support/peak_memory.h"

namespace qbench {
namespace {

class FileDigestTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file(const std::string& name) const { return folder_.path() / name; }

  testing::TemporaryFolder folder_;
};

/// Neither all alike nor all different.
std::string some_text(std::size_t bytes) {
  std::string text;
  for (std::uint32_t state = 1; text.size() < bytes; state = state * 1664525 + 1013904223) {
    text += "word" + std::to_string(state >> 22);
  }
  return text;
}

TEST_F(FileDigestTest, IsThatOfTheWholeContent) {
  const std::string text = some_text(3'000'000);
  write_file_atomic(file("text"), text);
  const FileDigest digest = digest_file(file("text"));
  EXPECT_EQ(digest.bytes, text.size());
  EXPECT_EQ(digest.sha256, sha256_hex(text));
  EXPECT_EQ(digest.zstd_bytes, zstd_compressed_size(std::as_bytes(std::span(text))));
  EXPECT_LT(digest.zstd_bytes, text.size() / 2);
}

TEST_F(FileDigestTest, OfAnEmptyFile) {
  write_file_atomic(file("empty"), "");
  const FileDigest digest = digest_file(file("empty"));
  EXPECT_EQ(digest.sha256, sha256_hex(std::string_view()));
  EXPECT_EQ(digest.zstd_bytes, zstd_compressed_size({}));
}

TEST_F(FileDigestTest, WhereItIsCutDoesNotChangeTheCompressedSize) {
  const std::string text = some_text(1'000'000);
  const auto bytes = std::as_bytes(std::span(text));
  ZstdSize pieces(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += 77'777) {
    pieces.add(bytes.subspan(at, std::min<std::size_t>(77'777, bytes.size() - at)));
  }
  EXPECT_EQ(pieces.finish(), zstd_compressed_size(bytes));
}

TEST_F(FileDigestTest, MemoryDoesNotGrowWithTheFile) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer's own memory counts";
#endif
  write_file_atomic(file("sparse"), "x");
  std::filesystem::resize_file(file("sparse"), 200U << 20);
  EXPECT_LT(testing::peak_growth([&] { (void)digest_file(file("sparse")); }), std::int64_t{20} << 20);
}

TEST_F(FileDigestTest, APipeIsRefusedAtOnce) {
  ASSERT_EQ(::mkfifo(file("pipe").c_str(), 0600), 0);
  EXPECT_THROW((void)digest_file(file("pipe")), Error);
  EXPECT_THROW((void)sha256_file(file("pipe")), Error);
}

TEST_F(FileDigestTest, AFileAboveTheLimitIsRefused) {
  write_file_atomic(file("five"), "12345");
  EXPECT_THROW((void)digest_file(file("five"), 4), Error);
}

TEST_F(FileDigestTest, NoFileIsPutInThePlaceOfAPipe) {
  ASSERT_EQ(::mkfifo(file("pipe").c_str(), 0600), 0);
  EXPECT_THROW(write_file_atomic(file("pipe"), "text"), Error);
  EXPECT_TRUE(std::filesystem::is_fifo(file("pipe")));
}

}  // namespace
}  // namespace qbench
