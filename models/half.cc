// SPDX-License-Identifier: Apache-2.0
#include "models/half.h"

#include <bit>
#include <cmath>

namespace qbench::models {
namespace {

constexpr int kMantissaBits = 10;
constexpr int kExponentBias = 15;
constexpr std::uint16_t kInfinity = 0x7C00;
constexpr std::uint16_t kQuietNan = 0x7E00;
/// The smallest magnitude that rounds to infinity: 65504 + half a step.
constexpr float kOverflow = 65520.0F;
constexpr float kSmallestNormal = 0x1p-14F;

}  // namespace

float from_half(std::uint16_t bits) noexcept {
  const int exponent = (bits >> kMantissaBits) & 0x1F;
  const int mantissa = bits & 0x3FF;
  float magnitude = 0.0F;
  if (exponent == 0x1F) {
    magnitude = mantissa == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(mantissa), 1 - kExponentBias - kMantissaBits);
  } else {
    magnitude = std::ldexp(static_cast<float>(mantissa | 0x400), exponent - kExponentBias - kMantissaBits);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

std::uint16_t to_half(float value) noexcept {
  const auto sign = static_cast<std::uint16_t>((std::bit_cast<std::uint32_t>(value) >> 16) & 0x8000);
  const float magnitude = std::fabs(value);
  if (std::isnan(value)) {
    return static_cast<std::uint16_t>(sign | kQuietNan);
  }
  if (magnitude >= kOverflow) {
    return static_cast<std::uint16_t>(sign | kInfinity);
  }
  // Counting in steps of the result's own spacing makes nearbyint do the rounding; a carry out of the mantissa lands
  // in the exponent by itself, because consecutive halves are consecutive integers.
  int exponent = 1 - kExponentBias;
  if (magnitude >= kSmallestNormal) {
    exponent = std::ilogb(magnitude);
  }
  const auto steps = static_cast<int>(std::nearbyint(std::ldexp(magnitude, kMantissaBits - exponent)));
  const int base = (exponent + kExponentBias - 1) << kMantissaBits;
  return static_cast<std::uint16_t>(sign | static_cast<std::uint16_t>(base + steps));
}

}  // namespace qbench::models
