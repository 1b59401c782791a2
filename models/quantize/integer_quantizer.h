// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "models/graph.h"
#include "models/quantize/activation_statistics.h"
#include "models/quantize/affine.h"
#include "models/quantize/graph_io.h"

namespace qbench::models {

struct IntegerOptions {
  ActivationType activations = ActivationType::kInt8;
  GraphIo io = GraphIo::kInternal;
  bool correct_bias = true;
  bool strict = false;               ///< refuse a graph with an op that has no integer kernel
  std::set<std::size_t> keep_float;  ///< positions of operators that stay in float
};

struct IntegerResult {
  Graph graph;
  std::size_t integer_ops = 0;         ///< that compute on integers; 0: the graph is as it was
  std::vector<std::size_t> float_ops;  ///< of the float graph, ascending
  std::vector<std::string> notes;      ///< one line for each: why it stayed in float, what may lose precision
};

/// The float32 graph computing in integers: int8 weights (one scale for each output channel; one in all for
/// FULLY_CONNECTED, because the 2.9 kernels read only the first), int8 or int16 activations with the scales of
/// plan_activations(), int32 or int64 biases. An op without a trustworthy integer kernel stays in float between
/// DEQUANTIZE and QUANTIZE. Tensors keep their names. Expects a graph that passed require_float_classifier().
/// Throws Error(kModel) when a range is missing, Error(kUnsupported) naming the op with options.strict.
[[nodiscard]] IntegerResult quantize_integer(const Graph& graph, const ActivationStatistics& statistics,
                                             const IntegerOptions& options);

/// Operators that a list of texts means: a kind ("SOFTMAX"), a position ("#3") or the name of a result. Throws
/// Error(kUsage) for a text that means none of them.
[[nodiscard]] std::set<std::size_t> select_operators(const Graph& graph, std::span<const std::string> texts);

}  // namespace qbench::models
