// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "models/graph.h"

namespace qbench::models {

/// Checks that a variant is still the network it was made of: the same multiply-accumulates, ops by kind (apart from
/// conversions between element types) and shapes of inputs and outputs. Throws Error(kModel) "<name>: ..." otherwise: a
/// fault of the rewriter, never of the user.
void check_same_network(const Graph& variant, const Graph& original, std::string_view name);

}  // namespace qbench::models
