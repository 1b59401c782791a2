// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/engine/progress.h"
#include "harness/variants/image_set.h"
#include "harness/variants/model_session.h"
#include "models/graph.h"

namespace qbench::variants {

/// One op of the float model and how far the other model's result is from its own on the same images.
struct LayerError {
  std::size_t op = 0;     ///< position in the float model
  std::string text;       ///< "CONV_2D #3 'name'"
  double sqnr_db = 0.0;   ///< 10 log10(signal power / error power); 200 stands for no error at all
  int worst_channel = 0;  ///< of the last dimension
  double worst_sqnr_db = 0.0;
  /// Error power that comes in with this op, as a share of the signal's power: at its result minus the largest at its
  /// operands, not below 0.
  double added = 0.0;
  double mac_share = 0.0;  ///< of the whole model, 0 .. 1
};

/// Pairs of tensors, one of each model, that hold the same activation: by position when the models have the same ops
/// apart from QUANTIZE and DEQUANTIZE, else by the name of the result (with or without "_int8", "_int16"). In the order
/// of the float model's ops. Throws Error(kNotComparable) when less than half of the float model's are found.
struct MatchedActivation {
  std::size_t op = 0;  ///< of the float model
  int reference = 0;
  int other = 0;
};
[[nodiscard]] std::vector<MatchedActivation> match_activations(const models::Graph& reference,
                                                               const models::Graph& other);

/// Runs both models over all images and compares every activation they share. Ops in execution order. Throws what
/// match_activations() and the runner throw. Both graphs are as the files have them: what runs is repaired first.
[[nodiscard]] std::vector<LayerError> layer_errors(const models::Graph& reference, const models::Graph& other,
                                                   const ImageSet& images, const Execution& execution,
                                                   engine::Progress& progress);

/// Positions in `errors`, the op that adds most error first.
[[nodiscard]] std::vector<std::size_t> ranking(const std::vector<LayerError>& errors);

}  // namespace qbench::variants
