// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/affine.h"

#include <algorithm>
#include <cmath>

namespace qbench::models {
namespace {

constexpr float kNarrowest = 1e-12F;
constexpr int kInt8Low = -128;
constexpr int kInt8High = 127;
constexpr float kInt8Steps = 255.0F;
constexpr float kInt16High = 32767.0F;

}  // namespace

Range Range::united(const Range& other) const noexcept { return {std::min(min, other.min), std::max(max, other.max)}; }

TensorType tensor_type(ActivationType type) noexcept {
  return type == ActivationType::kInt8 ? TensorType::kInt8 : TensorType::kInt16;
}

AffineParams params_for(const Range& range, ActivationType type) {
  const Range wide = range.with_zero();
  if (type == ActivationType::kInt16) {
    const float bound = std::max(-wide.min, wide.max);
    return {bound < kNarrowest ? 1.0F : bound / kInt16High, 0};
  }
  if (wide.max - wide.min < kNarrowest) {
    return {1.0F, kInt8Low};
  }
  const float scale = (wide.max - wide.min) / kInt8Steps;
  const float zero_point = std::round(static_cast<float>(kInt8Low) - wide.min / scale);
  return {scale, static_cast<int>(std::clamp(zero_point, static_cast<float>(kInt8Low), static_cast<float>(kInt8High)))};
}

AffineParams as_uint8(const AffineParams& int8_params) noexcept {
  return {int8_params.scale, int8_params.zero_point - kInt8Low};
}

TensorQuantization to_quantization(const AffineParams& params) {
  TensorQuantization quantization;
  quantization.scales = {params.scale};
  quantization.zero_points = {params.zero_point};
  return quantization;
}

std::int64_t quantize_value(float value, const AffineParams& params, std::int64_t low, std::int64_t high) noexcept {
  const double steps = std::round(static_cast<double>(value) / static_cast<double>(params.scale)) + params.zero_point;
  return static_cast<std::int64_t>(std::clamp(steps, static_cast<double>(low), static_cast<double>(high)));
}

}  // namespace qbench::models
