// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

struct Repaired {
  Graph graph;
  /// One printable line for each rewrite, which names the op as operator_text() names it in the file. Empty: the graph
  /// is as it was.
  std::vector<std::string> repairs;
};

/// Rewrites what the TensorFlow Lite 2.9 runtime reads wrongly, refuses or runs slowly without need into what it reads
/// right. Each rewrite is exact: the network computes what its file says. Tensors keep their indices; new ones come
/// last, and those that lose their use stay.
///
/// | in the file                                     | becomes                                                      |
/// |-------------------------------------------------|--------------------------------------------------------------|
/// | FULLY_CONNECTED with int8 weights per channel   | RESHAPE, CONV_2D 1x1, RESHAPE (2.9 reads one scale of many)  |
/// | shapes computed at run time (dynamic flatten)   | constants; the batch stays free                              |
/// | ops whose result nobody reads                   | dropped                                                      |
/// | scales along a dimension that a vector lacks    | dimension 0 (biases by TensorFlow 1.15 to 2.1; 2.9 refuses)  |
/// | CONV_2D, DEPTHWISE_CONV_2D without a bias       | a bias of zeros (2.9 fails or dies of signal 11)             |
/// | float DEPTHWISE_CONV_2D, one scale of int8      | the same scale for each channel (2.9 reads past the one)     |
/// | int8 weights with a zero point                  | the values less the zero point, where they fit               |
/// | op versions newer than 2.9 for what 2.9 knows   | the version that 2.9 knows                                   |
///
/// Takes any graph that read_tflite() returned, sound or not, and leaves alone what it does not understand: validate()
/// judges the result. Never throws for such a graph.
[[nodiscard]] Repaired repair(Graph graph);

}  // namespace qbench::models
