// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/graph.h"

namespace qbench::models {

/// Without operators whose results nobody reads, and without tensors and buffers that nothing refers to. Operators and
/// tensors keep their order.
[[nodiscard]] Graph drop_unused(const Graph& graph);

}  // namespace qbench::models
