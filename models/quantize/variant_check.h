// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "models/graph.h"

namespace qbench::models {

/// Checks a variant before it is written: validate() finds nothing fatal and no wrong numbers, weights lie within
/// -127 .. 127, scales are normal numbers, no op needs a newer runtime than 2.9, and multiply-accumulates, op kinds,
/// inputs and outputs are those of the float graph. Throws Error(kModel) "<name>: ..." for the first that fails: a
/// fault of the quantizer, never of the user.
void check_variant(const Graph& variant, const Graph& original, std::string_view name);

}  // namespace qbench::models
