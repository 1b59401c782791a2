// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/map_weights.h"

#include <set>

#include "models/quantize/packed_weights.h"

namespace qbench::models {

Graph map_weights(const Graph& graph, const std::function<void(std::vector<float>&)>& change) {
  Graph result = graph;
  std::set<std::uint32_t> done;
  for (const Operator& op : graph.operators) {
    if (!has_float_weights(graph, op)) {
      continue;
    }
    const std::uint32_t buffer = graph.tensors[static_cast<std::size_t>(op.inputs[1])].buffer;
    if (done.insert(buffer).second) {
      std::vector<float> values = constant_floats(graph, op.inputs[1]);
      change(values);
      result.buffers[buffer] = bytes_of(values);
    }
  }
  return result;
}

}  // namespace qbench::models
