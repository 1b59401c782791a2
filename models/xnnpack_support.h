// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// Operators (by position) that the XNNPACK delegate of the 2.9 runtime, signed int8 switched on, leaves to the
/// built-in kernels. By op and element type, from single-op models run through that library; it may also refuse an op
/// of a supported kind for its options (dilated pooling, unusual axes, scales too far apart).
[[nodiscard]] std::vector<std::size_t> left_by_xnnpack(const Graph& graph);

}  // namespace qbench::models
