// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/expose_activations.h"

#include <algorithm>

#include "models/op_check.h"

namespace qbench::models {

std::vector<int> activation_tensors(const Graph& graph) {
  std::vector<bool> computed(graph.tensors.size(), false);
  for (int input : graph.inputs) {
    computed[static_cast<std::size_t>(input)] = true;
  }
  std::vector<int> activations;
  for (const Operator& op : graph.operators) {
    const bool from_data = std::any_of(op.inputs.begin(), op.inputs.end(), [&computed](int input) {
      return input != kNoTensor && computed[static_cast<std::size_t>(input)];
    });
    for (int output : op.outputs) {
      const TensorType type = graph.tensors[static_cast<std::size_t>(output)].type;
      computed[static_cast<std::size_t>(output)] = from_data;
      if (from_data && (type == TensorType::kFloat32 || is_quantized_type(type))) {
        activations.push_back(output);
      }
    }
  }
  return activations;
}

Graph expose_activations(const Graph& graph, const std::vector<int>& tensors) {
  Graph result = graph;
  result.outputs = tensors;
  result.signatures.clear();
  return result;
}

}  // namespace qbench::models
