// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/weight_only.h"

#include <cstdint>

#include "models/op_cost.h"
#include "models/quantize/drop_unused.h"
#include "models/quantize/packed_weights.h"
#include "models/quantize/unpacked_constants.h"

namespace qbench::models {
namespace {

constexpr std::int64_t kSmallestWeightOnly = 256;
constexpr int kWeightOnlyDequantizeVersion = 5;  // per-channel int8 constants

}  // namespace

Graph weight_only(const Graph& graph) {
  Graph result = graph;
  UnpackedConstants unpacked(result, kWeightOnlyDequantizeVersion);
  for (Operator& op : result.operators) {
    if (!has_float_weights(graph, op, kSmallestWeightOnly)) {
      continue;
    }
    const int weights = op.inputs[1];
    const int axis = channel_axis(op.op);
    op.inputs[1] = unpacked.of(weights, axis, [&] {
      const int packed = add_packed_weights(result, weights, axis, true);
      result.tensors[static_cast<std::size_t>(packed)].name += "_int8";
      return packed;
    });
  }
  unpacked.insert();
  return drop_unused(result);
}

}  // namespace qbench::models
