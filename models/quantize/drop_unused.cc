// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/drop_unused.h"

#include <algorithm>
#include <utility>

namespace qbench::models {
namespace {

void mark(std::vector<bool>& used, const std::vector<int>& tensors) {
  for (int tensor : tensors) {
    if (tensor != kNoTensor) {
      used[static_cast<std::size_t>(tensor)] = true;
    }
  }
}

/// From the outputs back: an operator stays when one of its results is used.
std::vector<Operator> live_operators(const Graph& graph, std::vector<bool>& used) {
  std::vector<Operator> live;
  for (auto op = graph.operators.rbegin(); op != graph.operators.rend(); ++op) {
    const bool read = std::any_of(op->outputs.begin(), op->outputs.end(),
                                  [&used](int output) { return used[static_cast<std::size_t>(output)]; });
    if (!read) {
      continue;
    }
    mark(used, op->inputs);
    mark(used, op->outputs);
    mark(used, op->intermediates);
    live.push_back(*op);
  }
  std::reverse(live.begin(), live.end());
  return live;
}

void renumber(std::vector<int>& tensors, const std::vector<int>& new_index) {
  for (int& tensor : tensors) {
    if (tensor != kNoTensor) {
      tensor = new_index[static_cast<std::size_t>(tensor)];
    }
  }
}

void renumber(std::vector<SignatureEntry>& entries, const std::vector<int>& new_index) {
  std::erase_if(entries, [&new_index](const SignatureEntry& entry) {
    return new_index[static_cast<std::size_t>(entry.tensor)] == kNoTensor;
  });
  for (SignatureEntry& entry : entries) {
    entry.tensor = new_index[static_cast<std::size_t>(entry.tensor)];
  }
}

}  // namespace

Graph drop_unused(const Graph& graph) {
  Graph result = graph;
  std::vector<bool> used(graph.tensors.size(), false);
  mark(used, graph.inputs);
  mark(used, graph.outputs);
  result.operators = live_operators(graph, used);

  std::vector<int> new_index(graph.tensors.size(), kNoTensor);
  std::vector<std::uint32_t> new_buffer(graph.buffers.size(), 0);
  result.tensors.clear();
  result.buffers = {ConstantData{}};
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!used[i]) {
      continue;
    }
    Tensor tensor = graph.tensors[i];
    std::uint32_t& buffer = new_buffer[tensor.buffer];
    if (buffer == 0 && !graph.buffers[tensor.buffer].empty()) {
      buffer = add_buffer(result, graph.buffers[tensor.buffer]);
    }
    tensor.buffer = buffer;
    new_index[i] = add_tensor(result, std::move(tensor));
  }
  for (Operator& op : result.operators) {
    renumber(op.inputs, new_index);
    renumber(op.outputs, new_index);
    renumber(op.intermediates, new_index);
  }
  renumber(result.inputs, new_index);
  renumber(result.outputs, new_index);
  for (Signature& signature : result.signatures) {
    renumber(signature.inputs, new_index);
    renumber(signature.outputs, new_index);
  }
  return result;
}

}  // namespace qbench::models
