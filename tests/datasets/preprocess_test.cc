// SPDX-License-Identifier: Apache-2.0
#include "datasets/preprocess.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "tests/datasets/sample_images.h"

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;

std::vector<std::uint8_t> processed(const Image& image, const Recipe& recipe, const PixelShape& shape) {
  std::vector<std::uint8_t> out(shape.bytes());
  EXPECT_EQ(preprocess(image, recipe, shape, out), "");
  return out;
}

/// Two rows, three columns; every pixel (10 * row + column, 100, 200).
Image tiny() {
  Image image{.height = 2, .width = 3, .channels = 3, .pixels = {}};
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) {
      for (const int value : {10 * y + x, 100, 200}) image.pixels.push_back(static_cast<std::uint8_t>(value));
    }
  }
  return image;
}

std::vector<std::uint8_t> opencv_resized(const Image& image, int width, int height, int flag) {
  const cv::Mat from(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
  cv::Mat to;
  cv::resize(from, to, cv::Size(width, height), 0, 0, flag);
  return {to.data, to.data + to.total() * 3};
}

TEST(PreprocessTest, SameSizeIsCopiedUntouched) {
  EXPECT_EQ(processed(tiny(), Recipe{}, {.height = 2, .width = 3, .channels = 3}), tiny().pixels);
}

TEST(PreprocessTest, StretchIgnoresTheAspectRatio) {
  const Image image = samples::picture(40, 20);
  EXPECT_EQ(processed(image, Recipe{}, {.height = 24, .width = 24, .channels = 3}),
            opencv_resized(image, 24, 24, cv::INTER_LINEAR));
}

TEST(PreprocessTest, InterpolationIsTheRecipes) {
  const Image image = samples::picture(40, 30);
  Recipe recipe;
  using enum Recipe::Interpolation;
  const std::vector<std::pair<Recipe::Interpolation, int>> pairs{{kNearest, cv::INTER_NEAREST},
                                                                 {kBilinear, cv::INTER_LINEAR},
                                                                 {kArea, cv::INTER_AREA},
                                                                 {kBicubic, cv::INTER_CUBIC}};
  for (const auto& [interpolation, flag] : pairs) {
    recipe.interpolation = interpolation;
    EXPECT_EQ(processed(image, recipe, {.height = 16, .width = 16, .channels = 3}),
              opencv_resized(image, 16, 16, flag));
  }
}

TEST(PreprocessTest, ShortSideKeepsTheAspectRatioAndCutsTheCentre) {
  // 64 x 32 to short side 16 / 0.5 = 32: no resize; the centre 16 x 16 begins at x = 24, y = 8.
  const Image image = samples::picture(64, 32);
  Recipe recipe;
  recipe.resize = Recipe::Resize::kShortSide;
  recipe.crop_fraction = 0.5;
  const std::vector<std::uint8_t> out = processed(image, recipe, {.height = 16, .width = 16, .channels = 3});
  for (std::size_t y = 0; y < 16; ++y) {
    for (std::size_t x = 0; x < 16; ++x) {
      const std::size_t from = ((y + 8) * 64 + x + 24) * 3;
      ASSERT_EQ(out[(y * 16 + x) * 3], image.pixels[from]) << x << ' ' << y;
    }
  }
}

TEST(PreprocessTest, ShortSideOfAnImageNetPhotographIsTwoHundredFiftySix) {
  // 500 x 375 -> 341 x 256 (341.3 rounded down) -> crop 224 x 224 at x = 58 (58.5 to even), y = 16.
  const Image image = samples::picture(500, 375);
  const std::vector<std::uint8_t> large = opencv_resized(image, 341, 256, cv::INTER_LINEAR);
  const std::vector<std::uint8_t> out =
      processed(image, named_recipe("raw255-imagenet"), {.height = 224, .width = 224, .channels = 3});
  EXPECT_EQ(out[0], large[(16 * 341 + 58) * 3]);
  EXPECT_EQ(out.back(), large[((16 + 223) * 341 + 58 + 223) * 3 + 2]);
}

TEST(PreprocessTest, TallAndWideImagesCoverAWideInput) {
  Recipe recipe;
  recipe.resize = Recipe::Resize::kShortSide;
  for (const auto& [width, height] : {std::pair(20, 90), std::pair(90, 20), std::pair(7, 7)}) {
    processed(samples::picture(width, height), recipe, {.height = 12, .width = 30, .channels = 3});
  }
}

TEST(PreprocessTest, NoResizeRefusesAnotherSize) {
  Recipe recipe;
  recipe.resize = Recipe::Resize::kNone;
  std::vector<std::uint8_t> out(2 * 2 * 3);
  EXPECT_EQ(preprocess(tiny(), recipe, {.height = 2, .width = 2, .channels = 3}, out),
            "its size is 3x2, the recipe takes only 2x2");
}

TEST(PreprocessTest, AStripThatWouldGrowWithoutBoundIsRefused) {
  Recipe recipe;
  recipe.resize = Recipe::Resize::kShortSide;
  const Image strip{.height = 1, .width = 16384, .channels = 3, .pixels = std::vector<std::uint8_t>(16384 * 3)};
  std::vector<std::uint8_t> out(224 * 224 * 3);
  EXPECT_THAT(preprocess(strip, recipe, {.height = 224, .width = 224, .channels = 3}, out), HasSubstr("too narrow"));
}

TEST(PreprocessTest, BgrSwapsTheChannels) {
  Recipe recipe;
  recipe.colour = Recipe::Colour::kBgr;
  const std::vector<std::uint8_t> out = processed(tiny(), recipe, {.height = 2, .width = 3, .channels = 3});
  EXPECT_EQ(out[0], 200);
  EXPECT_EQ(out[1], 100);
  EXPECT_EQ(out[5], 1);
}

TEST(PreprocessTest, GrayIsTheWeightedSum) {
  // 0.299 * 0 + 0.587 * 100 + 0.114 * 200 = 81.5
  const std::vector<std::uint8_t> one = processed(tiny(), Recipe{}, {.height = 2, .width = 3, .channels = 1});
  EXPECT_NEAR(one[0], 81.5, 0.6);
  Recipe recipe;
  recipe.colour = Recipe::Colour::kGray;
  const std::vector<std::uint8_t> three = processed(tiny(), recipe, {.height = 2, .width = 3, .channels = 3});
  for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(three[c], one[0]);
}

TEST(PreprocessTest, GrayImageFillsAllChannels) {
  const Image gray{.height = 1, .width = 2, .channels = 1, .pixels = {5, 9}};
  EXPECT_EQ(processed(gray, Recipe{}, {.height = 1, .width = 2, .channels = 3}),
            (std::vector<std::uint8_t>{5, 5, 5, 9, 9, 9}));
  EXPECT_EQ(processed(gray, Recipe{}, {.height = 1, .width = 2, .channels = 1}), gray.pixels);
}

TEST(PreprocessTest, ImpossibleShapesAreUnsupported) {
  for (const PixelShape& shape : {PixelShape{0, 8, 3}, PixelShape{8, -1, 3}, PixelShape{8, 8, 2}, PixelShape{8, 8, 4},
                                  PixelShape{16384, 16384, 3}}) {
    EXPECT_THROW(check_pixel_shape(shape), Error);
  }
  EXPECT_NO_THROW(check_pixel_shape({96, 96, 1}));
}

}  // namespace
}  // namespace qbench::datasets
