// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/graph.h"

namespace qbench::models {

/// The graph in Graphviz's language: one box for each op (kind, window, stride, fused activation, MACs, weights), one
/// edge for each activation (shape, type, scale and zero point). Names from the file are escaped. Never throws for a
/// graph that read_tflite() returned.
[[nodiscard]] std::string to_dot(const Graph& graph, std::string_view title);

}  // namespace qbench::models
