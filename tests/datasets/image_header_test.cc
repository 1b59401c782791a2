// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_header.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/datasets/sample_images.h"

namespace qbench::datasets {
namespace {

using samples::Bytes;
using ::testing::HasSubstr;

struct Expected {
  std::string extension;
  ImageFormat format;
};

class ImageHeaderFormatTest : public ::testing::TestWithParam<Expected> {};

TEST_P(ImageHeaderFormatTest, SizeComesFromTheHeader) {
  const ImageHeader header = read_image_header(samples::encoded(samples::picture(37, 21), GetParam().extension));
  ASSERT_TRUE(header.ok()) << header.refusal;
  EXPECT_EQ(header.format, GetParam().format);
  EXPECT_EQ(header.width, 37);
  EXPECT_EQ(header.height, 21);
}

TEST_P(ImageHeaderFormatTest, EveryShorterHeaderIsAnswered) {
  const Bytes file = samples::encoded(samples::picture(37, 21), GetParam().extension);
  for (std::size_t size = 0; size < std::min<std::size_t>(file.size(), 200); ++size) {
    const ImageHeader header = read_image_header(std::span(file).first(size));
    if (header.ok()) {
      EXPECT_EQ(header.width, 37) << "at " << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, ImageHeaderFormatTest,
                         ::testing::Values(Expected{".jpg", ImageFormat::kJpeg}, Expected{".png", ImageFormat::kPng},
                                           Expected{".bmp", ImageFormat::kBmp}, Expected{".webp", ImageFormat::kWebp}),
                         [](const auto& tested) { return tested.param.extension.substr(1); });

TEST(ImageHeaderTest, LosslessWebpIsMeasured) {
  // A quality above 100 asks OpenCV for the lossless kind.
  const ImageHeader header = read_image_header(samples::encoded(samples::picture(33, 18), ".webp", {64, 101}));
  EXPECT_EQ(header.width, 33);
  EXPECT_EQ(header.height, 18);
}

TEST(ImageHeaderTest, FrameHeaderBehindLongSegmentsIsFound) {
  const Bytes file = samples::with_orientation(samples::with_orientation(samples::jpeg(40, 30), 1), 1);
  EXPECT_EQ(read_image_header(file).width, 40);
}

TEST(ImageHeaderTest, GiganticPngIsRefusedByItsHeader) {
  EXPECT_THAT(read_image_header(samples::png_header(20000, 20000)).refusal, HasSubstr("too large: 20000x20000"));
  EXPECT_THAT(read_image_header(samples::png_header(0xFFFFFFFF, 0xFFFFFFFF)).refusal, HasSubstr("too large"));
}

TEST(ImageHeaderTest, LimitsHoldAtTheirEdge) {
  EXPECT_TRUE(read_image_header(samples::png_header(16384, 3051)).ok());
  EXPECT_FALSE(read_image_header(samples::png_header(16384, 3052)).ok());
  EXPECT_FALSE(read_image_header(samples::png_header(16385, 1)).ok());
}

TEST(ImageHeaderTest, NoPixelsIsDamage) {
  EXPECT_THAT(read_image_header(samples::png_header(0, 5)).refusal, HasSubstr("no pixels"));
}

TEST(ImageHeaderTest, ZeroByteFileIsNamedEmpty) { EXPECT_EQ(read_image_header({}).refusal, "the file is empty"); }

TEST(ImageHeaderTest, HugeFileIsRefusedUnread) {
  const Bytes file(kMaxImageFileBytes + 1);
  EXPECT_THAT(read_image_header(file).refusal, HasSubstr("too large"));
}

TEST(ImageHeaderTest, OtherFormatsAreRefusedByName) {
  EXPECT_EQ(read_image_header(samples::to_bytes("GIF89a......")).refusal, "GIF is not supported");
  EXPECT_EQ(read_image_header(samples::to_bytes(std::string("II*\0....", 8))).refusal, "TIFF is not supported");
  EXPECT_EQ(read_image_header(samples::to_bytes(std::string("\0\0\0\x1c"
                                                            "ftypavif",
                                                            12)))
                .refusal,
            "AVIF is not supported");
}

TEST(ImageHeaderTest, TextIsNoImage) {
  EXPECT_EQ(read_image_header(samples::to_bytes("hello")).refusal, "not an image");
  EXPECT_EQ(read_image_header(samples::to_bytes("BMW builds motor cars in Munich")).refusal, "not an image");
}

TEST(ImageHeaderTest, BitmapCutShortIsDamage) {
  Bytes file = samples::encoded(samples::picture(16, 16), ".bmp");
  file.resize(file.size() - 1);
  EXPECT_THAT(read_image_header(file).refusal, HasSubstr("cut short"));
}

TEST(ImageHeaderTest, OddBitmapsAreRefusedBeforeTheDecoder) {
  const Bytes sound = samples::encoded(samples::picture(16, 16), ".bmp");
  constexpr std::size_t kBits = 28;
  constexpr std::size_t kCompression = 30;
  Bytes file = sound;
  file[kCompression] = std::byte{1};
  EXPECT_EQ(read_image_header(file).refusal, "compressed BMP is not supported");
  file = sound;
  file[kBits] = std::byte{7};
  EXPECT_EQ(read_image_header(file).refusal, "damaged: impossible BMP header");
}

TEST(ImageHeaderTest, WebpCutShortIsDamage) {
  Bytes file = samples::encoded(samples::picture(16, 16), ".webp");
  file.resize(file.size() - 2);
  EXPECT_THAT(read_image_header(file).refusal, HasSubstr("cut short"));
}

TEST(ImageHeaderTest, JpegWithoutFrameHeaderIsDamage) {
  EXPECT_THAT(read_image_header(samples::to_bytes("\xFF\xD8\xFF\xD9")).refusal, HasSubstr("no JPEG frame header"));
}

}  // namespace
}  // namespace qbench::datasets
