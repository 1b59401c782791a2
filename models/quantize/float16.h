// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"

namespace qbench::models {

/// The float32 graph with its constants stored as float16 and unpacked by one DEQUANTIZE each: half the size, float
/// arithmetic. Rounded to nearest even; values beyond +-65504 are kept at the end of the range. Constants of fewer than
/// 64 elements stay as they are, because the unpacking would cost more than it saves.
[[nodiscard]] Graph to_float16(const Graph& graph);

}  // namespace qbench::models
