// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace qbench::testing {

/// A well-formed .tflite file that is not a classifier qbench can measure or quantize.
struct OddModel {
  std::string name;
  std::vector<std::byte> bytes;
  std::string problem;  ///< part of every line that is written about it
};

/// Files that no reader of qbench carries: several subgraphs, WHILE and IF over them, sparse weights, weights outside
/// the flatbuffer.
[[nodiscard]] std::vector<OddModel> unreadable_models();

/// Files that can be read, but are not float classifiers whose graph can be quantized: two inputs, a custom op, control
/// flow, a dynamic shape, no class scores, weights with NaN and infinity.
[[nodiscard]] std::vector<OddModel> unquantizable_models();

}  // namespace qbench::testing
