// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "models/graph.h"

namespace qbench::models {

/// What must hold of a file that we write, before anybody sees it: `bytes` read back and written again are the same
/// bytes and hold the same network; nothing that validate() calls fatal, wrong or without a kernel; op versions that
/// the 2.9 runtime knows; normal scales; int8 weights of weighted ops within [-127, 127] and with zero point 0; a bias
/// whose scale is input scale x weight scale. Throws Error(kModel) "<name>: <first violation>".
void check_output(const Graph& graph, std::span<const std::byte> bytes, std::string_view name);

}  // namespace qbench::models
