// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace qbench::models {

/// IEEE 754 half precision from and to float. to_half rounds to nearest, ties to even; a magnitude that half precision
/// cannot hold becomes an infinity, and a NaN stays a NaN.
[[nodiscard]] float from_half(std::uint16_t bits) noexcept;
[[nodiscard]] std::uint16_t to_half(float value) noexcept;

}  // namespace qbench::models
