// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "models/graph.h"

namespace qbench::models {

/// Smallest and largest real value that a tensor takes.
struct Range {
  float min = 0.0F;
  float max = 0.0F;

  [[nodiscard]] Range with_zero() const noexcept { return {min < 0.0F ? min : 0.0F, max > 0.0F ? max : 0.0F}; }
  [[nodiscard]] Range united(const Range& other) const noexcept;
  [[nodiscard]] Range widened(float factor) const noexcept { return {min * factor, max * factor}; }
  bool operator==(const Range&) const = default;
};

/// real = scale * (stored - zero_point), for a whole tensor.
struct AffineParams {
  float scale = 1.0F;
  int zero_point = 0;
  bool operator==(const AffineParams&) const = default;
};

/// Integer types that activations can have inside a quantized network.
enum class ActivationType { kInt8, kInt16 };

[[nodiscard]] TensorType tensor_type(ActivationType type) noexcept;

/// Parameters that hold a range, widened to include 0. int8: scale (max - min) / 255, zero point from the lower end,
/// ties away from zero. int16: symmetric, scale max(|min|, |max|) / 32767. A range too narrow to divide (below 1e-12)
/// gives scale 1.
[[nodiscard]] AffineParams params_for(const Range& range, ActivationType type);

/// The same values in uint8: zero point + 128.
[[nodiscard]] AffineParams as_uint8(const AffineParams& int8_params) noexcept;

[[nodiscard]] TensorQuantization to_quantization(const AffineParams& params);

/// round(value / scale) + zero_point, ties away from zero, kept inside the type.
[[nodiscard]] std::int64_t quantize_value(float value, const AffineParams& params, std::int64_t low,
                                          std::int64_t high) noexcept;

}  // namespace qbench::models
