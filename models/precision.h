// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "models/graph.h"

namespace qbench::models {

/// How a network computes and stores, decided from its graph.
enum class PrecisionClass {
  kFp32,         ///< float weights, float arithmetic
  kFp16,         ///< float16 weights unpacked to float
  kWeightOnly,   ///< integer weights unpacked to float
  kDynamic,      ///< integer weights, float activations quantized on the fly
  kInt8FloatIo,  ///< int8 inside, float input and output
  kInt8,         ///< int8 inside, integer input and output
  kUint8,
  kInt16x8,  ///< int16 activations, int8 weights
  kEdgeTpu,  ///< compiled for the Edge TPU
  kMixed,    ///< more than one of these does real work
};

/// "fp32", "fp16", "weight-only", "dynamic", "int8-float-io", "int8", "uint8", "int16x8", "edgetpu", "mixed".
[[nodiscard]] std::string_view precision_name(PrecisionClass precision) noexcept;

/// Small layers left in float do not make a converted model mixed: of ops with weights, float ones are ignored beside
/// fp16, weight-only and dynamic ones.
[[nodiscard]] PrecisionClass classify_precision(const Graph& graph);

}  // namespace qbench::models
