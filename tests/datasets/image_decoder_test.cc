// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/imgcodecs.hpp>

#include "core/files.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using samples::Bytes;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Decodes, and fails the test when anything appears on the terminal.
LoadResult decode(const Bytes& file, bool apply_exif = true) {
  ::testing::internal::CaptureStderr();
  LoadResult result = decode_image(file, apply_exif);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  return result;
}

void expect_same_as_opencv(const Bytes& file, bool apply_exif = true) {
  const LoadResult ours = decode(file, apply_exif);
  ASSERT_TRUE(ours.ok()) << ours.skip_reason;
  const Image theirs = samples::opencv_decoded(file, apply_exif);
  EXPECT_EQ(ours.image.width, theirs.width);
  EXPECT_EQ(ours.image.height, theirs.height);
  EXPECT_EQ(ours.image.channels, 3);
  EXPECT_EQ(ours.image.pixels, theirs.pixels);
}

class ImageDecoderFormatTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ImageDecoderFormatTest, PixelsAreThoseOfOpenCv) {
  for (const int side : {1, 7, 16, 33}) {
    expect_same_as_opencv(samples::encoded(samples::picture(side, side + 5, side), GetParam()));
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, ImageDecoderFormatTest, ::testing::Values(".jpg", ".png", ".bmp", ".webp"),
                         [](const auto& tested) { return tested.param.substr(1); });

TEST(ImageDecoderTest, ProgressiveLowAndHighQualityJpegAreThoseOfOpenCv) {
  const Image image = samples::picture(61, 47);
  expect_same_as_opencv(samples::encoded(image, ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1}));
  expect_same_as_opencv(samples::encoded(image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 20}));
  expect_same_as_opencv(samples::encoded(image, ".jpg", {cv::IMWRITE_JPEG_QUALITY, 100}));
  expect_same_as_opencv(samples::encoded(image, ".jpg", {cv::IMWRITE_JPEG_RST_INTERVAL, 2}));
}

TEST(ImageDecoderTest, GrayJpegBecomesRgb) {
  const cv::Mat gray(9, 13, CV_8UC1, cv::Scalar(77));
  std::vector<std::uint8_t> file;
  cv::imencode(".jpg", gray, file);
  const auto bytes = std::as_bytes(std::span(file));
  expect_same_as_opencv({bytes.begin(), bytes.end()});
}

TEST(ImageDecoderTest, CmykJpegIsConverted) { expect_same_as_opencv(samples::cmyk_jpeg(24, 16)); }

TEST(ImageDecoderTest, DamagedCmykJpegIsFound) {
  Bytes file = samples::cmyk_jpeg(64, 64);
  file.resize(file.size() * 3 / 4);
  EXPECT_THAT(decode(file).skip_reason, StartsWith("damaged: "));
}

TEST(ImageDecoderTest, RealImagesAreThoseOfOpenCv) {
  const auto folder = testing::shared_data("data/cifar10/test");
  if (!folder) GTEST_SKIP() << testing::shared_data_missing("data/cifar10/test");
  int images = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder)) {
    if (!entry.is_regular_file() || images == 200) continue;
    expect_same_as_opencv(read_file(entry.path()));
    ++images;
  }
  EXPECT_EQ(images, 200);
}

TEST(ImageDecoderTest, RealPhotographsAreThoseOfOpenCv) {
  const auto folder = testing::shared_data("data/photos");
  if (!folder) GTEST_SKIP() << testing::shared_data_missing("data/photos");
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    if (entry.path().extension() == ".jpg") expect_same_as_opencv(read_file(entry.path()));
  }
}

class ImageDecoderOrientationTest : public ::testing::TestWithParam<int> {};

TEST_P(ImageDecoderOrientationTest, ExifTurnsTheImageAsOpenCvDoes) {
  const Bytes plain = samples::jpeg(31, 18);
  for (const bool little_endian : {true, false}) {
    const Bytes file = samples::with_orientation(plain, GetParam(), little_endian);
    expect_same_as_opencv(file);
    const LoadResult result = decode(file);
    EXPECT_EQ(result.image.width, GetParam() >= 5 ? 18 : 31);
    EXPECT_EQ(result.reoriented, GetParam() != 1);
    EXPECT_EQ(result.image.pixels == decode(plain).image.pixels, GetParam() == 1);
  }
}

TEST_P(ImageDecoderOrientationTest, ExifIsLeftAloneWhenTheRecipeSaysSo) {
  const Bytes plain = samples::jpeg(31, 18);
  const LoadResult result = decode(samples::with_orientation(plain, GetParam()), false);
  EXPECT_EQ(result.image.width, 31);
  EXPECT_EQ(result.image.pixels, decode(plain).image.pixels);
}

TEST_P(ImageDecoderOrientationTest, PngIsTurnedAsOpenCvDoes) {
  const Bytes plain = samples::encoded(samples::picture(31, 18), ".png");
  constexpr std::ptrdiff_t kHeaderEnd = 33;
  Bytes file(plain.begin(), plain.begin() + kHeaderEnd);
  const Bytes segment = samples::with_orientation(samples::jpeg(), GetParam());
  const Bytes chunk = samples::png_chunk("eXIf", std::span(segment).subspan(12, 26));
  file.insert(file.end(), chunk.begin(), chunk.end());
  file.insert(file.end(), plain.begin() + kHeaderEnd, plain.end());
  expect_same_as_opencv(file);
  EXPECT_EQ(decode(file).reoriented, GetParam() != 1);
  EXPECT_EQ(decode(file, false).image.pixels, decode(plain).image.pixels);
}

TEST_P(ImageDecoderOrientationTest, WebpIsTurnedLikePng) {
  const Image picture = samples::picture(31, 18);
  const Bytes plain = samples::encoded(picture, ".webp", {cv::IMWRITE_WEBP_QUALITY, 101});
  const Bytes file = samples::webp_with_orientation(plain, 31, 18, GetParam());
  const LoadResult result = decode(file);
  const Bytes jpeg = samples::with_orientation(samples::jpeg(31, 18), GetParam());
  EXPECT_EQ(result.image.width, decode(jpeg).image.width);
  EXPECT_EQ(result.reoriented, GetParam() != 1);
  // The first pixel of what orientation 6 (a quarter turn clockwise) shows is the stored image's lower left one.
  if (GetParam() == 6) {
    EXPECT_TRUE(
        std::equal(result.image.pixels.begin(), result.image.pixels.begin() + 3, picture.pixels.begin() + 17 * 31 * 3));
  }
  EXPECT_EQ(decode(file, false).image.pixels, decode(plain).image.pixels);
}

INSTANTIATE_TEST_SUITE_P(Orientations, ImageDecoderOrientationTest, ::testing::Range(1, 9));

TEST(ImageDecoderTest, TruncatedJpegIsDamagedAtAnyLength) {
  const Bytes file = samples::jpeg(64, 48);
  for (std::size_t size = 1; size < file.size(); size += 13) {
    const LoadResult result = decode({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)});
    EXPECT_FALSE(result.ok()) << size << " of " << file.size() << " bytes";
    EXPECT_TRUE(result.image.pixels.empty());
  }
}

TEST(ImageDecoderTest, MissingEndMarkerIsDamage) {
  Bytes file = samples::jpeg();
  file.resize(file.size() - 2);
  EXPECT_EQ(decode(file).skip_reason, "damaged: Premature end of JPEG file");
}

TEST(ImageDecoderTest, CorruptJpegDataIsDamage) {
  Bytes file = samples::jpeg(64, 64);
  // A marker in the middle of the compressed data cannot occur in a sound file.
  file[file.size() / 2] = std::byte{0xFF};
  file[file.size() / 2 + 1] = std::byte{0xD7};
  EXPECT_THAT(decode(file).skip_reason, StartsWith("damaged: "));
}

TEST(ImageDecoderTest, BytesBehindTheEndMarkerAreNoDamage) {
  Bytes file = samples::jpeg();
  const std::vector<std::uint8_t> pixels = decode(file).image.pixels;
  file.resize(file.size() + 1000, std::byte{0x55});
  EXPECT_EQ(decode(file).image.pixels, pixels);
}

TEST(ImageDecoderTest, TruncatedPngIsDamagedAtAnyLength) {
  const Bytes file = samples::encoded(samples::picture(20, 20), ".png");
  for (std::size_t size = 1; size < file.size(); size += 11) {
    EXPECT_FALSE(decode({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)}).ok()) << size;
  }
}

TEST(ImageDecoderTest, FlippedBitInPngIsDamage) {
  Bytes file = samples::encoded(samples::picture(20, 20), ".png");
  file[file.size() / 2] ^= std::byte{0x10};
  EXPECT_THAT(decode(file).skip_reason, HasSubstr("fails its checksum"));
}

TEST(ImageDecoderTest, OddSideChunksOfPngAreIgnoredInSilence) {
  const Image image = samples::picture(12, 10);
  const Bytes file = samples::encoded(image, ".png");
  constexpr std::size_t kHeaderEnd = 33;
  Bytes odd(file.begin(), file.begin() + kHeaderEnd);
  for (const std::string_view type : {"iCCP", "zTXt", "gAMA"}) {
    const Bytes chunk = samples::png_chunk(type, samples::to_bytes("no such thing"));
    odd.insert(odd.end(), chunk.begin(), chunk.end());
  }
  odd.insert(odd.end(), file.begin() + kHeaderEnd, file.end());
  EXPECT_EQ(decode(odd).image.pixels, image.pixels);
}

TEST(ImageDecoderTest, AlphaIsDroppedAndSixteenBitsAreCut) {
  const cv::Mat alpha(4, 5, CV_8UC4, cv::Scalar(10, 20, 30, 0));
  const cv::Mat deep(4, 5, CV_16UC3, cv::Scalar(10 << 8, 20 << 8, 30 << 8));
  for (const cv::Mat& image : {alpha, deep}) {
    std::vector<std::uint8_t> file;
    cv::imencode(".png", image, file);
    const auto bytes = std::as_bytes(std::span(file));
    const LoadResult result = decode({bytes.begin(), bytes.end()});
    ASSERT_TRUE(result.ok()) << result.skip_reason;
    EXPECT_EQ(result.image.pixels[0], 30);
    EXPECT_EQ(result.image.pixels[1], 20);
    EXPECT_EQ(result.image.pixels[2], 10);
  }
}

TEST(ImageDecoderTest, JpegOfManyScansIsRefusedBeforeTheyAreDecoded) {
  EXPECT_THAT(decode_image(samples::jpeg_of_scans(48, 48, 501), true).skip_reason,
              StartsWith("too much work: 501 scans of 48x48 pixels"));
  EXPECT_THAT(decode_image(samples::jpeg_of_scans(2500, 2000, 201), true).skip_reason,
              StartsWith("too much work: 201 scans of 2500x2000 pixels"));
  const samples::Bytes usual = samples::encoded(samples::picture(600, 500), ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  EXPECT_EQ(decode_image(usual, true).skip_reason, "");
}

TEST(ImageDecoderTest, ScansInAThumbnailDoNotCount) {
  samples::Bytes file = samples::encoded(samples::picture(60, 50), ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  samples::Bytes thumbnail = samples::to_bytes(std::string("\xFF\xEF\xFF\x02", 4));
  for (int i = 0; i < 0x7F80; ++i) thumbnail.insert(thumbnail.end(), {std::byte{0xFF}, std::byte{0xDA}});
  file.insert(file.begin() + 2, thumbnail.begin(), thumbnail.end());
  EXPECT_EQ(decode_image(file, true).skip_reason, "");
}

TEST(ImageDecoderTest, WebpWhoseImageIsLargerThanItsCanvasIsDamaged) {
  const samples::Bytes webp = samples::encoded(samples::picture(400, 300), ".webp");
  EXPECT_EQ(decode_image(samples::webp_with_orientation(webp, 400, 300, 1), true).skip_reason, "");
  EXPECT_THAT(decode_image(samples::webp_with_orientation(webp, 8, 8, 1), true).skip_reason, StartsWith("damaged"));
}

TEST(ImageDecoderTest, ManyMarkersCostNoMoreThanTheirBytes) {
  samples::Bytes file = samples::jpeg();
  const samples::Bytes empty = samples::to_bytes(std::string("\xFF\xE1\0\x02", 4));
  samples::Bytes all;
  for (int i = 0; i < 200'000; ++i) all.insert(all.end(), empty.begin(), empty.end());
  file.insert(file.begin() + 2, all.begin(), all.end());
  EXPECT_EQ(decode_image(file, true).skip_reason, "");
}

TEST(ImageDecoderTest, GiganticHeaderIsRefusedBeforeDecoding) {
  EXPECT_THAT(decode(samples::png_header(60000, 60000)).skip_reason, StartsWith("too large"));
}

}  // namespace
}  // namespace qbench::datasets
