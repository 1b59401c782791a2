// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "models/graph.h"
#include "models/quantize/affine.h"

namespace qbench::models {

/// Element type of a quantized graph's inputs and outputs.
enum class GraphIo {
  kInternal,  ///< whatever the inside has
  kFloat32,
  kInt8,
  kUint8,
};

/// The integer graph with inputs and outputs of type `io`: QUANTIZE and DEQUANTIZE operators at its ends where the
/// types differ. The new outer tensors take over names and shape signatures. `input_params` and `output_params` are the
/// int8 scales of each input and output, used where the inside is not int8; uint8 has the same scale and zero point +
/// 128. Outputs that hold an index stay as they are.
[[nodiscard]] Graph with_io(const Graph& graph, GraphIo io, const std::vector<AffineParams>& input_params,
                            const std::vector<AffineParams>& output_params);

}  // namespace qbench::models
