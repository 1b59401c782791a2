// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// Mean shift of each output channel of a convolution or fully connected layer when its weights become int8: the sum
/// over the window of (stored * scale - weight) * mean input, for the mean of each input channel. A tap that hangs over
/// the padded border at some positions counts for its share of positions. `scales`: one for each output channel, or
/// one. Subtracting it from the bias removes the shift (Nagel et al., "Data-Free Quantization Through Weight
/// Equalization and Bias Correction", 2019, section 4.2, with measured means). Empty for TRANSPOSE_CONV and when the
/// means do not fit.
[[nodiscard]] std::vector<float> expected_shift(const Graph& graph, const Operator& op, std::span<const float> weights,
                                                std::span<const std::int8_t> stored, std::span<const float> scales,
                                                std::span<const float> channel_means);

}  // namespace qbench::models
