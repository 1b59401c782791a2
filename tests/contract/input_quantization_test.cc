// SPDX-License-Identifier: Apache-2.0
// The pixels that a quantized input is fed are those that the runtime's own QUANTIZE op makes of a float input, so that
// one network answers alike whatever the type of its input.
#include <gtest/gtest.h>

#include <array>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include "datasets/input_encoder.h"
#include "models/tflite_writer.h"
#include "runners/tflite_runner.h"
#include "tests/support/graph_builder.h"

namespace qbench {
namespace {

constexpr int kSide = 16;  // 16 x 16 pixels are one of each value

class InputQuantizationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const runners::Availability library = runners::tflite_descriptor().probe({});
    if (!library.available) GTEST_SKIP() << library.reason;
  }
};

std::vector<std::uint8_t> every_pixel() {
  std::vector<std::uint8_t> pixels(kSide * kSide);
  std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
  return pixels;
}

std::vector<std::byte> encoded(DType dtype, Quantization quantization, const Recipe& recipe,
                               datasets::QuantizeKernel kernel = datasets::QuantizeKernel::kBuiltin) {
  const TensorSpec spec{.name = "input", .shape = {1, kSide, kSide, 1}, .dtype = dtype, .quantization = quantization};
  std::vector<std::byte> bytes(spec.byte_size());
  datasets::InputEncoder(spec, recipe, kernel).encode(every_pixel(), bytes);
  return bytes;
}

/// A graph that is one QUANTIZE op from float32.
std::vector<std::byte> quantize_model(models::TensorType type, Quantization quantization) {
  testing::GraphBuilder builder;
  const int input = builder.input("input", {1, kSide, kSide, 1});
  const int output =
      builder.activation("output", {1, kSide, kSide, 1}, type, quantization.scale, quantization.zero_point);
  builder.op(models::Op::kQuantize, {input}, output);
  return models::write_tflite(builder.finish({output}));
}

std::vector<std::byte> quantized_by_runtime(models::TensorType type, Quantization quantization, const Recipe& recipe,
                                            runners::Kernels kernels) {
  const std::vector<std::byte> model = quantize_model(type, quantization);
  const auto runner = runners::tflite_descriptor().make();
  runner->prepare(model, {.kernels = kernels});
  runner->set_input(0, encoded(DType::kFloat32, {}, recipe));
  runner->invoke();
  std::vector<std::byte> output(runner->outputs()[0].byte_size());
  runner->get_output(0, output);
  return output;
}

struct StoredType {
  DType dtype;
  models::TensorType type;
  int lowest;
};
constexpr StoredType kInt8{DType::kInt8, models::TensorType::kInt8, -128};
constexpr StoredType kUint8{DType::kUint8, models::TensorType::kUint8, 0};

struct Kernel {
  runners::Kernels runner;
  datasets::QuantizeKernel encoder;
};
constexpr Kernel kBuiltin{runners::Kernels::kBuiltin, datasets::QuantizeKernel::kBuiltin};
constexpr Kernel kXnnpack{runners::Kernels::kXnnpack, datasets::QuantizeKernel::kXnnpack};

void expect_the_runtimes_pixels(const StoredType& stored, Quantization quantization, const Recipe& recipe,
                                const Kernel& kernel) {
  ASSERT_EQ(encoded(stored.dtype, quantization, recipe, kernel.encoder),
            quantized_by_runtime(stored.type, quantization, recipe, kernel.runner))
      << dtype_name(stored.dtype) << " scale " << quantization.scale << " zero point " << quantization.zero_point << ' '
      << recipe.name;
}

/// 10,000 pairs round the usual ranges, every seventh with a scale that puts pixels on halves or on whole steps.
void expect_the_runtimes_pixels_everywhere(std::span<const StoredType> types, const Kernel& kernel) {
  const std::array recipes{named_recipe("raw255"), named_recipe("unit"), named_recipe("tf"), named_recipe("torch")};
  std::mt19937 random(1);
  std::uniform_real_distribution<float> stretch(0.3F, 3.0F);
  for (std::size_t trial = 0; trial < 10'000; ++trial) {
    const Recipe& recipe = recipes[trial % recipes.size()];
    const auto step = static_cast<float>(1.0 / recipe.std[0]);
    const StoredType& stored = types[trial % types.size()];
    Quantization quantization{stretch(random) * step, stored.lowest + static_cast<int>(random() % 256)};
    if (trial % 7 == 0) quantization.scale = step;
    if (trial % 7 == 1) quantization.scale = 2.0F / 255.0F;
    expect_the_runtimes_pixels(stored, quantization, recipe, kernel);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

TEST_F(InputQuantizationTest, BuiltinKernelsMakeTheSamePixelsOfTenThousandScalesAndZeroPoints) {
  expect_the_runtimes_pixels_everywhere(std::array{kInt8, kUint8}, kBuiltin);
}

// XNNPACK's op gives int8 only; a uint8 input stands before an op that shifts it to int8.
TEST_F(InputQuantizationTest, XnnpackMakesTheSamePixelsOfTenThousandScalesAndZeroPoints) {
  expect_the_runtimes_pixels_everywhere(std::array{kInt8}, kXnnpack);
}

}  // namespace
}  // namespace qbench
