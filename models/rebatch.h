// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

struct Rebatched {
  Graph graph;
  std::vector<std::string> changes;   ///< one line for each op that named the batch and was rewritten
  std::vector<std::string> blockers;  ///< one line for each op that keeps the graph at its batch whatever is rewritten
};

/// Makes a graph that names its batch size in constants fit for batch `batch`: constant RESHAPE shapes get -1 in front,
/// slices take the whole batch, TRANSPOSE_CONV output shapes get `batch`. A constant that other operators share is
/// duplicated first. Declared tensor shapes stay as they are: the runtime resizes the input. No changes and no
/// blockers: nothing is hard-coded and the graph is returned as it was. The batch is dimension 0 of the first input, of
/// what derives from it. Expects a graph without fatal findings.
[[nodiscard]] Rebatched rebatch(const Graph& graph, int batch);

}  // namespace qbench::models
