// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// A tensor as [outer][channels][inner]: how the elements of one channel lie in memory.
struct ChannelLayout {
  std::size_t outer = 1;
  std::size_t channels = 1;
  std::size_t inner = 1;

  /// Channel of element `i` in row-major order.
  [[nodiscard]] std::size_t channel_of(std::size_t i) const noexcept { return i / inner % channels; }
  /// All dimensions of `shape` as one channel: a scale for the whole tensor.
  [[nodiscard]] static ChannelLayout whole(const std::vector<int>& shape);
  [[nodiscard]] static ChannelLayout along(const std::vector<int>& shape, int axis);
};

/// Output-channel dimension of an op's weights: 3 for DEPTHWISE_CONV_2D, else 0.
[[nodiscard]] int channel_axis(Op op) noexcept;

/// Scales of symmetric int8 weights: max |w| of each channel / 127, at least a floor far below any weight that matters,
/// so that no scale is zero or denormal.
[[nodiscard]] std::vector<float> weight_scales(std::span<const float> weights, const ChannelLayout& layout);

/// The largest magnitude that a stored bias should have: int32 next to int8 activations; next to int16 ones the bias is
/// int64, but the kernels add it up in 48 bits.
inline constexpr double kInt32BiasLimit = 2147483647.0;
inline constexpr double kInt64BiasLimit = 70368744177664.0;

/// Raises scales of channels whose bias / (input_scale * scale) would pass half of `limit`, to the scale at which it is
/// half of it. Such channels have next to no weights ("dead" after batch normalization was folded in). `bias` has one
/// value for each scale, or `scales` has one entry for all.
void raise_scales_for_bias(std::vector<float>& scales, std::span<const float> bias, float input_scale, double limit);

/// round(w / scale), ties away from zero, within -127 .. 127.
[[nodiscard]] std::vector<std::int8_t> quantize_weights(std::span<const float> weights, const ChannelLayout& layout,
                                                        std::span<const float> scales);

/// input_scale * scale for each weight scale.
[[nodiscard]] std::vector<float> bias_scales(float input_scale, std::span<const float> weight_scales);

/// Each bias value in steps of its scale (one scale: of all values), kept within +-limit.
[[nodiscard]] std::vector<std::int64_t> quantize_bias(std::span<const float> bias, std::span<const float> scales,
                                                      double limit);

/// Adds int8 weights with these scales as a constant named `name`; more than one scale lies along `axis`.
int add_int8_weights(Graph& graph, const Tensor& like, std::vector<float> scales, int axis,
                     const std::vector<std::int8_t>& values);

}  // namespace qbench::models
