// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/weight_only.h"

#include <cstdint>
#include <map>
#include <utility>

#include "models/op_cost.h"
#include "models/quantize/drop_unused.h"
#include "models/quantize/packed_weights.h"
#include "models/quantize/unpacked_constants.h"

namespace qbench::models {
namespace {

constexpr std::int64_t kSmallestWeightOnly = 256;
constexpr int kWeightOnlyDequantizeVersion = 5;  // per-channel int8 constants

}  // namespace

Graph weight_only(const Graph& graph, const StoredWeightOptions& options) {
  Graph result = graph;
  UnpackedConstants unpacked(result, kWeightOnlyDequantizeVersion);
  std::map<std::pair<int, int>, int> packed;
  for (std::size_t i = 0; i < result.operators.size(); ++i) {
    Operator& op = result.operators[i];
    if (!has_float_weights(graph, op, kSmallestWeightOnly) || options.keep_float.contains(i)) {
      continue;
    }
    const int weights = op.inputs[1];
    const int axis = channel_axis(op.op);
    op.inputs[1] = unpacked.of(weights, axis, [&] {
      const int made = add_packed_weights(result, weights, axis, true);
      result.tensors[static_cast<std::size_t>(made)].name += "_int8";
      packed[{weights, axis}] = made;
      return made;
    });
    correct_float_bias(result, op, packed.at({weights, axis}), graph, i, options);
  }
  unpacked.insert();
  return drop_unused(result);
}

}  // namespace qbench::models
