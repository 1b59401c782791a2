// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <flatbuffers/base.h>

#include <cstddef>
#include <cstdint>

namespace qbench::models {

/// The only version of the format that is in use (Model.version in the schema).
inline constexpr std::uint32_t kTfliteVersion = 3;
/// Offsets are signed 32-bit numbers.
inline constexpr std::size_t kMaxTfliteBytes = FLATBUFFERS_MAX_BUFFER_SIZE - 1;

}  // namespace qbench::models
