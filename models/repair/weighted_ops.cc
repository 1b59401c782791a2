// SPDX-License-Identifier: Apache-2.0
// Repairs of ops that have weights: what kernels assume of scales, zero points and biases.
#include <algorithm>
#include <cstdint>
#include <optional>

#include "models/repair/workbench.h"

namespace qbench::models {
namespace {

constexpr std::size_t kWeights = 1;
constexpr std::size_t kBias = 2;
constexpr int kHybridPerChannelVersion = 6;
constexpr int kMostChannels = 1 << 20;  // a file may claim anything

/// Operands of a convolution whose weights are a constant of rank 4.
struct Convolution {
  int data = kNoTensor;
  int weights = kNoTensor;
  int channels = 0;
};

std::optional<Convolution> convolution(const Graph& graph, const Operator& op) {
  if (op.op != Op::kConv2D && op.op != Op::kDepthwiseConv2D) return std::nullopt;
  Convolution found{.data = input_of(op, 0), .weights = input_of(op, kWeights)};
  if (found.data == kNoTensor || found.weights == kNoTensor) return std::nullopt;
  const std::vector<int>& shape = graph.tensors[static_cast<std::size_t>(found.weights)].shape;
  if (shape.size() != 4) return std::nullopt;
  found.channels = op.op == Op::kConv2D ? shape[0] : shape[3];
  return found.channels > 0 ? std::optional(found) : std::nullopt;
}

bool is_constant_int8(const Graph& graph, int tensor) {
  return graph.tensors[static_cast<std::size_t>(tensor)].type == TensorType::kInt8 && is_constant(graph, tensor);
}

/// The values less their zero points, or nothing when one of them would leave [-127, 127].
std::optional<std::vector<std::int8_t>> shifted(const Graph& graph, int weights) {
  const Tensor& info = graph.tensors[static_cast<std::size_t>(weights)];
  const TensorQuantization& q = info.quantization;
  const std::vector<std::int64_t> stored = constant_ints(graph, weights);
  std::size_t inner = stored.size();  // elements between two steps along the quantized dimension
  if (q.zero_points.size() > 1) {
    if (q.axis < 0 || q.axis >= static_cast<int>(info.shape.size()) ||
        info.shape[static_cast<std::size_t>(q.axis)] != static_cast<int>(q.zero_points.size())) {
      return std::nullopt;
    }
    for (int i = 0; i <= q.axis; ++i) inner /= static_cast<std::size_t>(info.shape[static_cast<std::size_t>(i)]);
  }
  std::vector<std::int8_t> values(stored.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const std::int64_t zero_point = q.zero_points[i / inner % q.zero_points.size()];
    if (zero_point < -128 || zero_point > 127) return std::nullopt;
    const std::int64_t value = stored[i] - zero_point;
    if (value < -127 || value > 127) return std::nullopt;
    values[i] = static_cast<std::int8_t>(value);
  }
  return values;
}

}  // namespace

TensorQuantization bias_quantization(const Tensor& data, const Tensor& weights) {
  TensorQuantization quantization;
  if (data.type == TensorType::kFloat32 || data.quantization.scales.size() != 1) return quantization;
  for (float scale : weights.quantization.scales) quantization.scales.push_back(data.quantization.scales[0] * scale);
  quantization.zero_points.assign(quantization.scales.size(), 0);
  return quantization;
}

int add_zero_bias(Graph& graph, int data, int weights, int channels) {
  const Tensor& info = graph.tensors[static_cast<std::size_t>(data)];
  Tensor bias{.name = graph.tensors[static_cast<std::size_t>(weights)].name + "/zero_bias", .shape = {channels}};
  const auto count = static_cast<std::size_t>(channels);
  switch (info.type) {
    case TensorType::kFloat32:
      bias.type = TensorType::kFloat32;
      break;
    case TensorType::kInt16:
      bias.type = TensorType::kInt64;
      break;
    case TensorType::kInt8:
    case TensorType::kUint8:
      bias.type = TensorType::kInt32;
      break;
    default:
      throw Error(ErrorCode::kModel, "no bias fits {} data", type_name(info.type));
  }
  bias.quantization = bias_quantization(info, graph.tensors[static_cast<std::size_t>(weights)]);
  const std::size_t bytes = count * type_bytes(bias.type);
  return add_constant(graph, std::move(bias), Bytes(bytes));
}

void fold_weight_zero_points(Workbench& bench) {
  Graph& graph = bench.graph;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const std::optional<Convolution> conv = convolution(graph, graph.operators[i]);
    if (!conv || !is_constant_int8(graph, conv->weights)) continue;
    const std::vector<std::int64_t>& zero_points = bench.tensor(conv->weights).quantization.zero_points;
    if (std::all_of(zero_points.begin(), zero_points.end(), [](std::int64_t zero) { return zero == 0; })) continue;
    try {
      const std::optional<std::vector<std::int8_t>> values = shifted(graph, conv->weights);
      if (!values) continue;
      Tensor weights = bench.tensor(conv->weights);
      weights.quantization.zero_points.assign(weights.quantization.zero_points.size(), 0);
      graph.operators[i].inputs[kWeights] = add_constant(graph, std::move(weights), bytes_of(*values));
      bench.note(i, "the zero point of its int8 weights, which kernels ignore, taken off the values");
    } catch (const Error&) {
      continue;  // a constant of the wrong size: validate() says so
    }
  }
}

void spread_depthwise_scales(Workbench& bench) {
  Graph& graph = bench.graph;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const std::optional<Convolution> conv = convolution(graph, graph.operators[i]);
    if (!conv || graph.operators[i].op != Op::kDepthwiseConv2D || !is_constant_int8(graph, conv->weights) ||
        bench.tensor(conv->data).type != TensorType::kFloat32) {
      continue;
    }
    Tensor weights = bench.tensor(conv->weights);
    const auto channels = static_cast<std::size_t>(conv->channels);
    const bool fits = channels * type_bytes(weights.type) <= constant_bytes(graph, conv->weights).size();
    if (weights.quantization.scales.size() != 1 || channels < 2 || !fits) continue;
    weights.quantization.scales.assign(channels, weights.quantization.scales[0]);
    weights.quantization.zero_points.assign(channels, 0);
    weights.quantization.axis = 3;
    graph.operators[i].inputs[kWeights] = add_tensor(graph, std::move(weights));
    graph.operators[i].version = kHybridPerChannelVersion;
    bench.note(i, "the one scale of its int8 weights written for each of {} channels, which the kernel reads",
               channels);
  }
}

void add_missing_biases(Workbench& bench) {
  Graph& graph = bench.graph;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const std::optional<Convolution> conv = convolution(graph, graph.operators[i]);
    if (!conv || input_of(graph.operators[i], kBias) != kNoTensor) continue;
    if (conv->channels > kMostChannels) continue;
    try {
      const int bias = add_zero_bias(graph, conv->data, conv->weights, conv->channels);
      graph.operators[i].inputs.resize(kBias + 1, kNoTensor);
      graph.operators[i].inputs[kBias] = bias;
      bench.note(i, "a bias of zeros added, without which its kernel fails");
    } catch (const Error&) {
      continue;
    }
  }
}

}  // namespace qbench::models
