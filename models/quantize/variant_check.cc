// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/variant_check.h"

#include <cstdint>
#include <map>

#include "core/error.h"
#include "models/op_cost.h"

namespace qbench::models {
namespace {

std::int64_t total_macs(const Graph& graph) {
  std::int64_t macs = 0;
  for (const Operator& op : graph.operators) {
    macs += multiply_accumulates(graph, op);
  }
  return macs;
}

std::map<Op, int> op_counts(const Graph& graph) {
  std::map<Op, int> counts;
  for (const Operator& op : graph.operators) {
    if (op.op != Op::kQuantize && op.op != Op::kDequantize) {
      ++counts[op.op];
    }
  }
  return counts;
}

std::vector<std::vector<int>> shapes(const Graph& graph, const std::vector<int>& tensors) {
  std::vector<std::vector<int>> result;
  for (int tensor : tensors) {
    result.push_back(graph.tensors[static_cast<std::size_t>(tensor)].shape);
  }
  return result;
}

}  // namespace

void check_same_network(const Graph& variant, const Graph& original, std::string_view name) {
  if (total_macs(variant) != total_macs(original)) {
    throw Error(ErrorCode::kModel, "{}: not written, it computes {} multiply-accumulates instead of {}", name,
                total_macs(variant), total_macs(original));
  }
  if (op_counts(variant) != op_counts(original)) {
    throw Error(ErrorCode::kModel, "{}: not written, its operators are not those of the original", name);
  }
  if (shapes(variant, variant.inputs) != shapes(original, original.inputs) ||
      shapes(variant, variant.outputs) != shapes(original, original.outputs)) {
    throw Error(ErrorCode::kModel, "{}: not written, its inputs and outputs are not those of the original", name);
  }
}

}  // namespace qbench::models
