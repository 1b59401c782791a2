// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/graph.h"
#include "models/quantize/activation_statistics.h"
#include "models/quantize/affine.h"

namespace qbench::models {

/// Scales of all float activations of a graph in their integer form.
struct ActivationPlan {
  std::vector<std::optional<AffineParams>> params;  ///< by tensor; empty: never needed as integers
  /// (operator, operand position) that must be requantized on the way, and to what: its own scale serves others.
  std::map<std::pair<std::size_t, std::size_t>, AffineParams> requantized;
  std::vector<std::string> warnings;
};

/// Chooses them. `is_integer` says for each operator whether it will run on integers. Results of ops that copy integers
/// share their operand's scale, operands and result of ops that join take the union of their ranges where possible,
/// results of ops with a fixed scale have that one, and scales are raised until the requantization factors are ones
/// that the accelerated kernels take (convolution: input scale x weight scale / output scale below 256; sums: input
/// scale / output scale from 2^-10 to below 256). Throws Error(kModel) naming the tensor when a needed range is missing
/// or not finite.
[[nodiscard]] ActivationPlan plan_activations(const Graph& graph, const std::vector<bool>& is_integer,
                                              const ActivationStatistics& statistics, ActivationType type);

}  // namespace qbench::models
