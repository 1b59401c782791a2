// SPDX-License-Identifier: Apache-2.0
#include "datasets/input_encoder.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/assert.h"
#include "core/error.h"

namespace qbench::datasets {
namespace {

ImageInput image_of(const TensorSpec& spec) {
  std::vector<std::string> assumptions;
  return image_input(spec, {}, assumptions);
}

/// value / scale in whole steps, as the kernels of TensorFlow Lite 2.9 compute it. With a scale of 2/255 every pixel of
/// [-1, 1] lies on a half, so that any other order of operations feeds another image.
double steps_of(float value, float scale, QuantizeKernel kernel) {
  if (kernel == QuantizeKernel::kXnnpack) return std::nearbyint(value * (1.0F / scale));
  return std::round(static_cast<double>(value) / static_cast<double>(scale));
}

/// Real value -> stored integer.
template <typename Integer>
Integer quantize(float value, const Quantization& quantization, QuantizeKernel kernel) {
  const bool quantized = quantization.is_quantized();
  const double steps = quantized ? steps_of(value, quantization.scale, kernel) : std::round(value);
  constexpr auto kLow = static_cast<double>(std::numeric_limits<Integer>::min());
  constexpr auto kHigh = static_cast<double>(std::numeric_limits<Integer>::max());
  return static_cast<Integer>(std::clamp(steps + (quantized ? quantization.zero_point : 0), kLow, kHigh));
}

/// A table a channel from `convert(value)`, the value that a float32 tensor would hold; a single one when all channels
/// are alike.
template <typename Element, typename Convert>
std::vector<std::array<Element, 256>> make_tables(const Recipe& recipe, std::size_t channels, const Convert& convert) {
  std::vector<std::array<Element, 256>> tables(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    for (int pixel = 0; pixel < 256; ++pixel) {
      tables[c][static_cast<std::size_t>(pixel)] =
          convert(static_cast<float>((pixel - recipe.mean[c]) / recipe.std[c]));
    }
  }
  const bool alike = std::all_of(tables.begin(), tables.end(), [&](const auto& table) { return table == tables[0]; });
  if (alike) tables.resize(1);
  return tables;
}

template <typename Element>
bool is_identity(const std::vector<std::array<Element, 256>>& tables) {
  if (tables.size() != 1) return false;
  for (std::size_t pixel = 0; pixel < 256; ++pixel) {
    if (tables[0][pixel] != static_cast<Element>(pixel)) return false;
  }
  return true;
}

/// A plain loop, which the compiler turns into vector code for the function that it stands in.
template <typename Affine>
[[gnu::always_inline]] inline void apply_plainly(Affine affine, std::span<const std::uint8_t> pixels, float* out) {
  std::transform(pixels.begin(), pixels.end(), out, [affine](std::uint8_t pixel) { return affine.at(pixel); });
}

#if defined(__x86_64__)
/// Twice as wide as what every x86-64 has; the same values.
template <typename Affine>
[[gnu::target("avx2")]] void apply_wide(Affine affine, std::span<const std::uint8_t> pixels, float* out) {
  apply_plainly(affine, pixels, out);
}
#endif

template <typename Affine>
void apply(Affine affine, std::span<const std::uint8_t> pixels, float* out) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return apply_wide(affine, pixels, out);
#endif
  apply_plainly(affine, pixels, out);
}

}  // namespace

QuantizeKernel quantize_kernel(std::string_view kernels) noexcept {
  return kernels == "xnnpack" ? QuantizeKernel::kXnnpack : QuantizeKernel::kBuiltin;
}

InputEncoder::InputEncoder(const TensorSpec& spec, const Recipe& recipe, QuantizeKernel kernel)
    : InputEncoder(spec, recipe, image_of(spec), kernel) {}

InputEncoder::InputEncoder(const TensorSpec& spec, const Recipe& recipe, const ImageInput& image, QuantizeKernel kernel)
    : element_bytes_(dtype_bytes(spec.dtype)),
      channels_(static_cast<std::size_t>(image.channels)),
      planes_(image.order == PixelOrder::kPlanes && image.channels > 1) {
  const Quantization& quantization = spec.quantization;
  switch (spec.dtype) {
    case DType::kFloat32:
      float_tables_ = make_tables<float>(recipe, channels_, [](float value) { return value; });
      affine_ = affine_of(recipe);
      return;
    case DType::kUint8:
      byte_tables_ = make_tables<std::uint8_t>(
          recipe, channels_, [&](float value) { return quantize<std::uint8_t>(value, quantization, kernel); });
      copies_ = is_identity(byte_tables_);
      return;
    case DType::kInt8:
      byte_tables_ = make_tables<std::uint8_t>(recipe, channels_, [&](float value) {
        return static_cast<std::uint8_t>(quantize<std::int8_t>(value, quantization, kernel));
      });
      return;
    case DType::kInt16:
      int16_tables_ = make_tables<std::int16_t>(
          recipe, channels_, [&](float value) { return quantize<std::int16_t>(value, quantization, kernel); });
      return;
    default:
      throw Error(ErrorCode::kUnsupported, "input '{}' is {}: images can be given as float32, uint8, int8 or int16",
                  spec.name, dtype_name(spec.dtype));
  }
}

std::optional<InputEncoder::Affine> InputEncoder::affine_of(const Recipe& recipe) const {
  if (float_tables_.size() != 1) return std::nullopt;
  const Affine affine{.mean = static_cast<float>(recipe.mean[0]), .divisor = static_cast<float>(recipe.std[0])};
  for (std::size_t pixel = 0; pixel < 256; ++pixel) {
    if (affine.at(static_cast<std::uint8_t>(pixel)) != float_tables_[0][pixel]) return std::nullopt;
  }
  return affine;
}

void InputEncoder::encode(std::span<const std::uint8_t> pixels, std::span<std::byte> out) const {
  QBENCH_ASSERT(pixels.size() % channels_ == 0 && out.size() == pixels.size() * element_bytes_);
  if (copies_ && !planes_) {
    std::memcpy(out.data(), pixels.data(), pixels.size());
  } else if (affine_ && !planes_) {
    apply(*affine_, pixels, reinterpret_cast<float*>(out.data()));
  } else if (!float_tables_.empty()) {
    encode_as(float_tables_, pixels, out);
  } else if (!byte_tables_.empty()) {
    encode_as(byte_tables_, pixels, out);
  } else {
    encode_as(int16_tables_, pixels, out);
  }
}

template <typename Element>
void InputEncoder::encode_as(const std::vector<Table<Element>>& tables, std::span<const std::uint8_t> pixels,
                             std::span<std::byte> out) const {
  if (planes_) return encode_planes(tables, pixels, out);
  auto* to = reinterpret_cast<Element*>(out.data());
  if (tables.size() == 1) {
    const Table<Element>& table = tables.front();
    for (const std::uint8_t pixel : pixels) *to++ = table[pixel];
    return;
  }
  for (std::size_t i = 0; i < pixels.size(); i += 3) {
    *to++ = tables[0][pixels[i]];
    *to++ = tables[1][pixels[i + 1]];
    *to++ = tables[2][pixels[i + 2]];
  }
}

template <typename Element>
void InputEncoder::encode_planes(const std::vector<Table<Element>>& tables, std::span<const std::uint8_t> pixels,
                                 std::span<std::byte> out) const {
  auto* to = reinterpret_cast<Element*>(out.data());
  for (std::size_t c = 0; c < channels_; ++c) {
    const Table<Element>& table = tables.size() == 1 ? tables[0] : tables[c];
    for (std::size_t i = c; i < pixels.size(); i += channels_) *to++ = table[pixels[i]];
  }
}

}  // namespace qbench::datasets
