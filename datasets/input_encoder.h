// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/classifier_view.h"
#include "core/recipe.h"
#include "core/tensor_spec.h"

namespace qbench::datasets {

/// Whose QUANTIZE op decides how a real value becomes a stored integer. Measured against TensorFlow Lite 2.9.0 over
/// every pixel and 10,000 (scale, zero point) pairs (tests/contract/input_quantization_test.cc).
enum class QuantizeKernel {
  kBuiltin,  ///< round_half_away_from_zero(value / scale), a quotient in double
  kXnnpack,  ///< round_half_to_even(value * (1 / scale)) in float32
};

/// What a runner whose effective kernels have this name (RunnerDescription::kernels) would do to a float input.
[[nodiscard]] QuantizeKernel quantize_kernel(std::string_view kernels) noexcept;

/// Turns cached uint8 pixels into the bytes of a model's input tensor, by table look-up or, where float arithmetic
/// gives exactly the table's values, by that, which is faster. value = (pixel - mean[c]) / std[c], computed in double
/// and rounded to float32 once; a float32 tensor holds the value, a quantized one what the kernels that run the model
/// would make of that value, plus the zero point, clamped. So a network answers alike through float, int8 and uint8
/// inputs. An integer tensor without quantization holds the rounded, clamped value.
/// Immutable: may be used from several threads at once.
class InputEncoder {
 public:
  /// `spec` is float32, uint8, int8 or int16 and holds images as `image` says. Throws Error(kUnsupported) otherwise.
  InputEncoder(const TensorSpec& spec, const Recipe& recipe, const ImageInput& image,
               QuantizeKernel kernel = QuantizeKernel::kBuiltin);
  /// The image is found by image_input(). Throws what that throws.
  InputEncoder(const TensorSpec& spec, const Recipe& recipe, QuantizeKernel kernel = QuantizeKernel::kBuiltin);

  [[nodiscard]] std::size_t bytes_per_element() const noexcept { return element_bytes_; }

  /// Any number of whole pixels (all channels of each, pixel by pixel), one image where the tensor wants planes; `out`
  /// has pixels.size() * bytes_per_element() bytes and the element type's alignment. Does not allocate.
  void encode(std::span<const std::uint8_t> pixels, std::span<std::byte> out) const;

 private:
  /// value = (pixel - mean) / std in float, when that is exactly what the one float table holds.
  struct Affine {
    float mean = 0.0F;
    float divisor = 1.0F;
    [[nodiscard]] float at(std::uint8_t pixel) const noexcept { return (static_cast<float>(pixel) - mean) / divisor; }
  };
  template <typename Element>
  using Table = std::array<Element, 256>;
  [[nodiscard]] std::optional<Affine> affine_of(const Recipe& recipe) const;
  template <typename Element>
  void encode_as(const std::vector<Table<Element>>& tables, std::span<const std::uint8_t> pixels,
                 std::span<std::byte> out) const;
  template <typename Element>
  void encode_planes(const std::vector<Table<Element>>& tables, std::span<const std::uint8_t> pixels,
                     std::span<std::byte> out) const;

  std::size_t element_bytes_;
  std::size_t channels_;
  bool planes_;          ///< channel by channel; never for one channel, where it makes no difference
  bool copies_ = false;  ///< uint8 tensor that equals the pixels
  std::optional<Affine> affine_;
  // One table for each channel, or a single one when all are equal; only that of the tensor's type is filled.
  std::vector<Table<float>> float_tables_;
  std::vector<Table<std::uint8_t>> byte_tables_;  ///< uint8, and int8 as its bit pattern
  std::vector<Table<std::int16_t>> int16_tables_;
};

}  // namespace qbench::datasets
