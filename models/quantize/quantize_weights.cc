// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/quantize_weights.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace qbench::models {
namespace {

constexpr float kMaxWeight = 127.0F;
/// Of a channel whose weights all lie within 5e-7: what the reference converter uses for such channels.
constexpr float kSmallestScale = 5e-7F / kMaxWeight;

std::size_t product(const std::vector<int>& shape, std::size_t first, std::size_t last) {
  std::size_t count = 1;
  for (std::size_t i = first; i < last; ++i) {
    count *= static_cast<std::size_t>(shape[i]);
  }
  return count;
}

}  // namespace

ChannelLayout ChannelLayout::whole(const std::vector<int>& shape) { return {1, 1, product(shape, 0, shape.size())}; }

ChannelLayout ChannelLayout::along(const std::vector<int>& shape, int axis) {
  const auto position = static_cast<std::size_t>(axis);
  return {product(shape, 0, position), static_cast<std::size_t>(shape.at(position)),
          product(shape, position + 1, shape.size())};
}

int channel_axis(Op op) noexcept { return op == Op::kDepthwiseConv2D ? 3 : 0; }

std::vector<float> weight_scales(std::span<const float> weights, const ChannelLayout& layout) {
  std::vector<float> largest(layout.channels, 0.0F);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    float& bound = largest[layout.channel_of(i)];
    bound = std::max(bound, std::abs(weights[i]));
  }
  for (float& bound : largest) {
    bound = std::max(bound / kMaxWeight, kSmallestScale);
  }
  return largest;
}

void raise_scales_for_bias(std::vector<float>& scales, std::span<const float> bias, float input_scale, double limit) {
  for (std::size_t i = 0; i < bias.size(); ++i) {
    float& scale = scales[scales.size() == 1 ? 0 : i];
    const double value = std::abs(static_cast<double>(bias[i]));
    if (value >= 0.5 * static_cast<double>(input_scale) * static_cast<double>(scale) * limit) {
      scale = std::max(scale, static_cast<float>(2.0 * value / limit / static_cast<double>(input_scale)));
    }
  }
}

std::vector<std::int8_t> quantize_weights(std::span<const float> weights, const ChannelLayout& layout,
                                          std::span<const float> scales) {
  std::vector<std::int8_t> values(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const float steps = std::round(weights[i] / scales[scales.size() == 1 ? 0 : layout.channel_of(i)]);
    values[i] = static_cast<std::int8_t>(std::clamp(steps, -kMaxWeight, kMaxWeight));
  }
  return values;
}

std::vector<float> bias_scales(float input_scale, std::span<const float> weight_scales) {
  std::vector<float> scales;
  for (float scale : weight_scales) {
    scales.push_back(static_cast<float>(static_cast<double>(input_scale) * static_cast<double>(scale)));
  }
  return scales;
}

std::vector<std::int64_t> quantize_bias(std::span<const float> bias, std::span<const float> scales, double limit) {
  std::vector<std::int64_t> values(bias.size());
  for (std::size_t i = 0; i < bias.size(); ++i) {
    // The reference converter multiplies by the rounded reciprocal; so do we, for equal values.
    const auto steps_per_unit = static_cast<float>(1.0 / static_cast<double>(scales[scales.size() == 1 ? 0 : i]));
    const double steps = std::round(static_cast<double>(bias[i]) * static_cast<double>(steps_per_unit));
    values[i] = static_cast<std::int64_t>(std::clamp(steps, -limit, limit));
  }
  return values;
}

int add_int8_weights(Graph& graph, const Tensor& like, std::vector<float> scales, int axis,
                     const std::vector<std::int8_t>& values) {
  Tensor tensor;
  tensor.name = like.name;
  tensor.shape = like.shape;
  tensor.type = TensorType::kInt8;
  tensor.quantization.zero_points.assign(scales.size(), 0);
  tensor.quantization.axis = scales.size() > 1 ? axis : 0;
  tensor.quantization.scales = std::move(scales);
  return add_constant(graph, std::move(tensor), bytes_of(values));
}

}  // namespace qbench::models
