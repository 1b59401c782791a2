// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "models/graph.h"

namespace qbench::testing {

/// One network in another shape of input or output.
struct ShapeModel {
  std::string name;
  models::Graph graph;
  bool batches = true;  ///< can run more than one image at a time
};

/// A network that names the strongest colour of an 8x8 image, raw 0..255 RGB: class 0 red, 1 green, 2 blue. The first
/// is NHWC with [1,3] scores; each other one gives the same predictions.
[[nodiscard]] std::vector<ShapeModel> colour_shapes();
/// A network that tells red, green and blue (classes 0, 1, 2) apart by their gray, up to a maximum of 150; as above.
[[nodiscard]] std::vector<ShapeModel> gray_shapes();
/// A network that tells red and green apart: the first by two softmax scores, the others by one value.
[[nodiscard]] std::vector<ShapeModel> two_class_shapes();
/// Red or green by one value in 0..1 that no LOGISTIC makes: nothing in the graph says what it is.
[[nodiscard]] models::Graph unclear_value_graph();

}  // namespace qbench::testing
