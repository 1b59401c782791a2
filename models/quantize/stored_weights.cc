// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/stored_weights.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>

#include "models/op_cost.h"
#include "models/quantize/bias_correction.h"

namespace qbench::models {
namespace {

constexpr std::size_t kBias = 2;  // operand of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED

const Tensor& tensor_at(const Graph& graph, int index) { return graph.tensors[static_cast<std::size_t>(index)]; }

std::vector<std::int8_t> stored_values(const Graph& graph, int tensor) {
  const std::span<const std::byte> bytes = constant_bytes(graph, tensor);
  std::vector<std::int8_t> values(bytes.size());
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

void correct_float_bias(Graph& graph, Operator& op, int packed, const Graph& source, std::size_t position,
                        const StoredWeightOptions& options) {
  const Operator& original = source.operators[position];
  const int data = input_of(original, 0);
  const int bias = input_of(original, kBias);
  if (options.statistics == nullptr || original.op == Op::kTransposeConv || data == kNoTensor ||
      (bias != kNoTensor && !is_constant(source, bias))) {
    return;
  }
  const auto& means = options.statistics->channel_means;
  if (static_cast<std::size_t>(data) >= means.size()) {
    return;
  }
  const std::vector<float> weights = constant_floats(source, original.inputs[1]);
  const std::vector<float> shift =
      expected_shift(source, original, weights, stored_values(graph, packed),
                     tensor_at(graph, packed).quantization.scales, means[static_cast<std::size_t>(data)]);
  if (shift.empty()) {
    return;
  }
  std::vector<float> values = bias == kNoTensor ? std::vector<float>(shift.size()) : constant_floats(source, bias);
  if (values.size() != shift.size()) {
    return;
  }
  for (std::size_t channel = 0; channel < shift.size(); ++channel) {
    values[channel] -= shift[channel];
  }
  Tensor tensor;
  tensor.name = bias == kNoTensor ? tensor_at(source, original.inputs[1]).name + "_bias" : tensor_at(source, bias).name;
  tensor.shape = {static_cast<int>(values.size())};
  op.inputs.resize(std::max(op.inputs.size(), kBias + 1), kNoTensor);
  op.inputs[kBias] = add_constant(graph, std::move(tensor), bytes_of(values));
}

}  // namespace qbench::models
