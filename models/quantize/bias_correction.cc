// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/bias_correction.h"

#include <algorithm>

#include "models/quantize/quantize_weights.h"

namespace qbench::models {
namespace {

const std::vector<int>& shape_of(const Graph& graph, int tensor) {
  return graph.tensors[static_cast<std::size_t>(tensor)].shape;
}

/// One side of a sliding window.
struct Side {
  int in = 0;
  int out = 0;
  int filter = 0;
  int stride = 1;
  int dilation = 1;
  bool same = true;  ///< padding SAME
};

/// For each tap, the share of output positions at which it lies inside the input.
std::vector<float> inside_shares(const Side& side) {
  const int span = (side.out - 1) * side.stride + (side.filter - 1) * side.dilation + 1;
  const int before = side.same ? std::max(span - side.in, 0) / 2 : 0;
  std::vector<float> shares(static_cast<std::size_t>(side.filter));
  for (int tap = 0; tap < side.filter; ++tap) {
    int inside = 0;
    for (int position = 0; position < side.out; ++position) {
      const int at = position * side.stride + tap * side.dilation - before;
      inside += at >= 0 && at < side.in ? 1 : 0;
    }
    shares[static_cast<std::size_t>(tap)] = static_cast<float>(inside) / static_cast<float>(side.out);
  }
  return shares;
}

/// Share of positions for each tap, row by row; empty when the options are of another kind.
template <typename Options>
std::vector<float> tap_shares(const Graph& graph, const Operator& op) {
  const auto* options = std::get_if<Options>(&op.options);
  if (options == nullptr) {
    return {};
  }
  const std::vector<int>& in = shape_of(graph, op.inputs[0]);
  const std::vector<int>& out = shape_of(graph, op.outputs[0]);
  const std::vector<int>& filter = shape_of(graph, op.inputs[1]);
  const bool same = options->padding == Padding::kSame;
  const auto rows = inside_shares({in[1], out[1], filter[1], options->stride_h, options->dilation_h, same});
  const auto columns = inside_shares({in[2], out[2], filter[2], options->stride_w, options->dilation_w, same});
  std::vector<float> shares;
  for (float row : rows) {
    for (float column : columns) {
      shares.push_back(row * column);
    }
  }
  return shares;
}

/// How a weight's position in memory tells its input channel and its tap.
struct Taps {
  std::vector<float> shares;    ///< one: no window
  std::size_t in_channels = 1;  ///< that one output channel reads
  std::size_t multiplier = 0;   ///< depthwise: output channels for each input channel; 0: not depthwise
};

Taps taps_of(const Graph& graph, const Operator& op) {
  const std::vector<int>& shape = shape_of(graph, op.inputs[1]);
  switch (op.op) {
    case Op::kConv2D:
      return {tap_shares<Conv2DOptions>(graph, op), static_cast<std::size_t>(shape[3]), 0};
    case Op::kDepthwiseConv2D: {
      const auto* options = std::get_if<DepthwiseConv2DOptions>(&op.options);
      const int multiplier = options != nullptr ? options->depth_multiplier : 0;
      return {tap_shares<DepthwiseConv2DOptions>(graph, op), 1, static_cast<std::size_t>(multiplier)};
    }
    case Op::kFullyConnected:
      return {{1.0F}, static_cast<std::size_t>(shape[1]), 0};
    default:
      return {};
  }
}

}  // namespace

std::vector<float> expected_shift(const Graph& graph, const Operator& op, std::span<const float> weights,
                                  std::span<const std::int8_t> stored, std::span<const float> scales,
                                  std::span<const float> channel_means) {
  const Taps taps = taps_of(graph, op);
  const bool depthwise = op.op == Op::kDepthwiseConv2D;
  if (taps.shares.empty() || channel_means.empty() || (depthwise && taps.multiplier == 0)) {
    return {};
  }
  const ChannelLayout layout = ChannelLayout::along(shape_of(graph, op.inputs[1]), channel_axis(op.op));
  std::vector<double> shift(layout.channels, 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t channel = layout.channel_of(i);
    const std::size_t in = depthwise ? channel / taps.multiplier : i % taps.in_channels;
    const std::size_t tap = depthwise ? i / layout.channels : i / taps.in_channels % taps.shares.size();
    const double error = static_cast<double>(stored[i]) * scales[scales.size() == 1 ? 0 : channel] - weights[i];
    // A flattened input repeats its channels.
    shift[channel] += error * channel_means[in % channel_means.size()] * taps.shares[tap];
  }
  return {shift.begin(), shift.end()};
}

}  // namespace qbench::models
