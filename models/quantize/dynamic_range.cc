// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/dynamic_range.h"

#include <cstdint>
#include <map>
#include <tuple>

#include "models/quantize/drop_unused.h"
#include "models/quantize/packed_weights.h"
#include "models/quantize/unpacked_constants.h"

namespace qbench::models {
namespace {

constexpr std::int64_t kSmallestDynamic = 1024;
constexpr int kDynamicDequantizeVersion = 5;

int hybrid_version(Op op) {
  switch (op) {
    case Op::kConv2D:
      return 5;
    case Op::kDepthwiseConv2D:
      return 6;
    default:
      return 9;  // FULLY_CONNECTED with asymmetric inputs
  }
}

}  // namespace

Graph dynamic_range(const Graph& graph, const StoredWeightOptions& options) {
  Graph result = graph;
  UnpackedConstants unpacked(result, kDynamicDequantizeVersion);
  std::map<std::tuple<int, int, bool>, int> packed;
  for (std::size_t i = 0; i < result.operators.size(); ++i) {
    Operator& op = result.operators[i];
    if (!has_float_weights(graph, op, kSmallestDynamic) || options.keep_float.contains(i)) {
      continue;
    }
    const int weights = op.inputs[1];
    const int axis = channel_axis(op.op);
    if (op.op == Op::kTransposeConv) {
      op.inputs[1] = unpacked.of(weights, axis, [&] { return add_packed_weights(result, weights, axis, true); });
      continue;
    }
    const bool per_channel = op.op != Op::kFullyConnected;
    const auto [entry, is_new] = packed.try_emplace({weights, axis, per_channel}, kNoTensor);
    if (is_new) {
      entry->second = add_packed_weights(result, weights, axis, per_channel);
    }
    op.inputs[1] = entry->second;
    correct_float_bias(result, op, entry->second, graph, i, options);
    op.version = hybrid_version(op.op);
    if (auto* layer = std::get_if<FullyConnectedOptions>(&op.options)) {
      layer->asymmetric_quantize_inputs = true;
    }
  }
  unpacked.insert();
  return drop_unused(result);
}

}  // namespace qbench::models
