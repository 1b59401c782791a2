// SPDX-License-Identifier: Apache-2.0
#include "datasets/input_encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "core/error.h"

namespace qbench::datasets {
namespace {

TensorSpec spec(DType dtype, Quantization quantization = {}, int channels = 3) {
  return {.name = "input", .shape = {1, 4, 4, channels}, .dtype = dtype, .quantization = quantization};
}

/// 256 pixels: 0, 1, .. 255 in all three channels.
std::vector<std::uint8_t> ramp() {
  std::vector<std::uint8_t> pixels;
  for (int value = 0; value < 256; ++value) pixels.insert(pixels.end(), 3, static_cast<std::uint8_t>(value));
  return pixels;
}

template <typename Element>
std::vector<Element> encoded(const TensorSpec& input, const Recipe& recipe, const std::vector<std::uint8_t>& pixels) {
  const InputEncoder encoder(input, recipe);
  EXPECT_EQ(encoder.bytes_per_element(), sizeof(Element));
  std::vector<Element> out(pixels.size());
  encoder.encode(pixels, std::as_writable_bytes(std::span(out)));
  return out;
}

Recipe recipe_with_mean(double mean) {
  Recipe recipe;
  recipe.mean.fill(mean);
  return recipe;
}

TEST(InputEncoderTest, Raw255FloatIsThePixel) {
  const auto out = encoded<float>(spec(DType::kFloat32), named_recipe("raw255"), ramp());
  for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], static_cast<float>(i / 3));
}

TEST(InputEncoderTest, TfFloatRunsFromMinusOneToOne) {
  const auto out = encoded<float>(spec(DType::kFloat32), named_recipe("tf"), ramp());
  EXPECT_EQ(out.front(), -1.0F);
  EXPECT_EQ(out.back(), 1.0F);
  EXPECT_FLOAT_EQ(out[3 * 127], -0.5F / 127.5F);
}

TEST(InputEncoderTest, EveryValueIsTheFormulaRoundedOnceInEveryRecipe) {
  for (const Recipe& recipe : known_recipes()) {
    const auto out = encoded<float>(spec(DType::kFloat32), recipe, ramp());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t c = i % 3;
      const double pixel = static_cast<double>(i / 3);
      ASSERT_EQ(out[i], static_cast<float>((pixel - recipe.mean[c]) / recipe.std[c])) << recipe.name << ' ' << i;
    }
  }
}

TEST(InputEncoderTest, EachChannelHasItsOwnMeanAndStd) {
  const std::vector<std::uint8_t> pixels{0, 0, 0, 255, 255, 255, 10, 20, 30};
  const auto out = encoded<float>(spec(DType::kFloat32), named_recipe("torch-imagenet"), pixels);
  EXPECT_FLOAT_EQ(out[0], -0.485F / 0.229F);
  EXPECT_FLOAT_EQ(out[1], -0.456F / 0.224F);
  EXPECT_FLOAT_EQ(out[2], -0.406F / 0.225F);
  EXPECT_FLOAT_EQ(out[5], (1.0F - 0.406F) / 0.225F);
  EXPECT_FLOAT_EQ(out[7], (20.0F / 255.0F - 0.456F) / 0.224F);
}

TEST(InputEncoderTest, QuantizedIsRoundedFromTheFormula) {
  // A scale that makes the rounding matter, for each kind of tensor.
  const Recipe recipe = named_recipe("torch-imagenet");
  const Quantization quantization{.scale = 0.0187F, .zero_point = -14};
  const std::vector<std::uint8_t> pixels = ramp();
  const auto out = encoded<std::int8_t>(spec(DType::kInt8, quantization), recipe, pixels);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double value = (pixels[i] - recipe.mean[i % 3]) / recipe.std[i % 3];
    const double expected = std::min(127.0, std::max(-128.0, std::round(value / double{0.0187F}) - 14));
    ASSERT_EQ(out[i], static_cast<std::int8_t>(expected)) << i;
  }
}

TEST(InputEncoderTest, Raw255Int8SubtractsTheZeroPoint) {
  const auto out = encoded<std::int8_t>(spec(DType::kInt8, {.scale = 1.0F, .zero_point = -128}), Recipe{}, ramp());
  for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], static_cast<int>(i / 3) - 128);
}

TEST(InputEncoderTest, TfUint8IsThePixelItself) {
  // 1 / 127.5 and 127.5 rounded up, as a quantizer writes them.
  const Quantization quantization{.scale = 0.0078125F, .zero_point = 128};
  const auto out = encoded<std::uint8_t>(spec(DType::kUint8, quantization), named_recipe("tf"), ramp());
  EXPECT_EQ(out.front(), 0);
  EXPECT_EQ(out.back(), 255);
}

TEST(InputEncoderTest, HalvesAreRoundedAwayFromZero) {
  const Recipe recipe = recipe_with_mean(4.0);
  const auto out = encoded<std::int8_t>(spec(DType::kInt8, {.scale = 2.0F, .zero_point = 0}), recipe, {3, 5, 7});
  EXPECT_EQ(out, (std::vector<std::int8_t>{-1, 1, 2}));
}

TEST(InputEncoderTest, ValuesBeyondTheTypeAreClamped) {
  const auto low =
      encoded<std::uint8_t>(spec(DType::kUint8, {.scale = 0.5F, .zero_point = 0}), Recipe{}, {0, 127, 255});
  EXPECT_EQ(low, (std::vector<std::uint8_t>{0, 254, 255}));
  const auto wide =
      encoded<std::int16_t>(spec(DType::kInt16, {.scale = 0.001F, .zero_point = 0}), Recipe{}, {0, 1, 255});
  EXPECT_EQ(wide, (std::vector<std::int16_t>{0, 1000, 32767}));
}

TEST(InputEncoderTest, IntegerWithoutQuantizationHoldsTheValue) {
  EXPECT_EQ(encoded<std::uint8_t>(spec(DType::kUint8), Recipe{}, ramp()), ramp());
  EXPECT_EQ(encoded<std::int8_t>(spec(DType::kInt8), Recipe{}, {1, 127, 255}), (std::vector<std::int8_t>{1, 127, 127}));
}

TEST(InputEncoderTest, SeveralImagesAreEncodedAtOnce) {
  const std::vector<std::uint8_t> two(2 * 4 * 4 * 3, 200);
  EXPECT_EQ(encoded<float>(spec(DType::kFloat32), named_recipe("unit"), two),
            std::vector<float>(two.size(), static_cast<float>(200.0 / 255.0)));
}

TEST(InputEncoderTest, PlanesHoldOneChannelAfterTheOther) {
  TensorSpec planes = spec(DType::kFloat32);
  planes.shape = {1, 3, 8, 8};
  Recipe recipe;
  recipe.mean = {0.0, 100.0, 0.0};
  std::vector<std::uint8_t> pixels;
  for (std::uint8_t i = 0; i < 64; ++i) pixels.insert(pixels.end(), {i, 200, static_cast<std::uint8_t>(255 - i)});
  const auto out = encoded<float>(planes, recipe, pixels);
  for (std::size_t i = 0; i < 64; ++i) {
    EXPECT_EQ(out[i], static_cast<float>(i));
    EXPECT_EQ(out[64 + i], 100.0F);
    EXPECT_EQ(out[128 + i], static_cast<float>(255 - i));
  }
}

TEST(InputEncoderTest, EveryTypeHasTheSameValuesInPlanes) {
  const std::vector<std::uint8_t> pixels = ramp();
  for (const char* name : {"raw255", "tf", "torch"}) {
    for (const DType dtype : {DType::kFloat32, DType::kUint8, DType::kInt8}) {
      const TensorSpec by_pixels = spec(dtype, {dtype == DType::kFloat32 ? 0.0F : 0.02F, 3});
      const ImageInput planes{.height = 16, .width = 16, .channels = 3, .order = PixelOrder::kPlanes};
      const InputEncoder expected(by_pixels, named_recipe(name));
      const InputEncoder encoder(by_pixels, named_recipe(name), planes);
      const std::size_t bytes = encoder.bytes_per_element();
      std::vector<std::byte> left(pixels.size() * bytes);
      std::vector<std::byte> right(left.size());
      expected.encode(pixels, left);
      encoder.encode(pixels, right);
      for (std::size_t i = 0; i < pixels.size(); ++i) {
        const std::size_t plane = i % 3 * 256 + i / 3;
        ASSERT_EQ(std::memcmp(&left[i * bytes], &right[plane * bytes], bytes), 0) << name << " " << i;
      }
    }
  }
}

TEST(InputEncoderTest, OtherInputsAreRefused) {
  EXPECT_THROW(InputEncoder(spec(DType::kInt64), Recipe{}), Error);
  EXPECT_THROW(InputEncoder(spec(DType::kFloat32, {}, 4), Recipe{}), Error);
  TensorSpec flat = spec(DType::kFloat32);
  flat.shape = {1, 3};
  EXPECT_THROW(InputEncoder(flat, Recipe{}), Error);
}

}  // namespace
}  // namespace qbench::datasets
