// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/conversions.h"

namespace qbench::models {
namespace {

constexpr int kQuantizeOptions = 89;
constexpr int kDequantizeOptions = 38;

bool is_int16(const Graph& graph, int tensor) {
  return graph.tensors[static_cast<std::size_t>(tensor)].type == TensorType::kInt16;
}

Operator conversion(Op op, int version, int options, int from, int to) {
  Operator result;
  result.op = op;
  result.version = version;
  result.inputs = {from};
  result.outputs = {to};
  result.options = RawOptions{options, {}};
  return result;
}

}  // namespace

Operator make_quantize(const Graph& graph, int from, int to) {
  const bool wide = is_int16(graph, from) || is_int16(graph, to);
  return conversion(Op::kQuantize, wide ? 2 : 1, kQuantizeOptions, from, to);
}

Operator make_dequantize(const Graph& graph, int from, int to) {
  return conversion(Op::kDequantize, is_int16(graph, from) ? 3 : 2, kDequantizeOptions, from, to);
}

}  // namespace qbench::models
