// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/float16.h"

#include <algorithm>
#include <cstdint>

#include "models/half.h"
#include "models/quantize/drop_unused.h"
#include "models/quantize/unpacked_constants.h"

namespace qbench::models {
namespace {

constexpr std::int64_t kSmallestFloat16 = 64;
constexpr float kLargestHalf = 65504.0F;
constexpr int kFloat16DequantizeVersion = 3;

int add_half_copy(Graph& graph, int constant) {
  std::vector<std::uint16_t> halves;
  for (float value : constant_floats(graph, constant)) {
    halves.push_back(to_half(std::clamp(value, -kLargestHalf, kLargestHalf)));
  }
  Tensor tensor = graph.tensors[static_cast<std::size_t>(constant)];
  tensor.name += "_float16";
  tensor.type = TensorType::kFloat16;
  return add_constant(graph, std::move(tensor), bytes_of(halves));
}

}  // namespace

Graph to_float16(const Graph& graph) {
  Graph result = graph;
  UnpackedConstants unpacked(result, kFloat16DequantizeVersion);
  for (Operator& op : result.operators) {
    for (int& input : op.inputs) {
      const bool is_float32 =
          is_constant(graph, input) && graph.tensors[static_cast<std::size_t>(input)].type == TensorType::kFloat32;
      if (is_float32 && element_count(graph.tensors[static_cast<std::size_t>(input)].shape) >= kSmallestFloat16) {
        input = unpacked.of(input, 0, [&result, input] { return add_half_copy(result, input); });
      }
    }
  }
  unpacked.insert();
  return drop_unused(result);
}

}  // namespace qbench::models
