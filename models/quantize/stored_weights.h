// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>

#include "models/graph.h"
#include "models/quantize/activation_statistics.h"

namespace qbench::models {

/// For the variants with int8 weights and float activations.
struct StoredWeightOptions {
  /// Its channel means correct the biases for the mean error of the weights, as an integer variant's are; null or
  /// without means: biases stay as they are. Borrowed.
  const ActivationStatistics* statistics = nullptr;
  std::set<std::size_t> keep_float;  ///< positions of operators whose weights stay in float
};

/// Gives `op` of `graph`, which has got the int8 weights `packed` in place of the float ones of `source`'s operator
/// `position`, a bias of its own that makes up for their mean error, also where it had none. Does nothing where that is
/// not known: without means, with a computed bias, for TRANSPOSE_CONV.
void correct_float_bias(Graph& graph, Operator& op, int packed, const Graph& source, std::size_t position,
                        const StoredWeightOptions& options);

}  // namespace qbench::models
