// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/tensor_spec.h"

namespace qbench::testing {

/// What the tiny classifier looks like. The defaults make a float model that every runner can execute.
struct TinyModelOptions {
  /// kFloat32; kInt8 (quantized, int8 input and output); kUint8 (the same graph between QUANTIZE ops).
  DType dtype = DType::kFloat32;
  int image = 8;    ///< height and width, even
  int classes = 3;  ///< at least 3
  /// The RESHAPE before the last layer names batch 1, so that the graph cannot be batched.
  bool fixed_batch = false;
  /// Int8 only: the convolution's output scale is so small that XNNPACK refuses the model; its answers are useless.
  bool refused_by_xnnpack = false;
  /// The convolution asks for an op version that no runtime has.
  bool future_op_version = false;
  /// When not empty, the whole graph is one custom op of this name (uint8 in and out) instead of the classifier.
  std::string custom_op{};
};

/// A .tflite file, made in memory: CONV_2D 3x3 stride 2, AVERAGE_POOL_2D, RESHAPE, FULLY_CONNECTED, SOFTMAX. Its input
/// is raw 0..255 RGB, [1, image, image, 3]. Its answer is the strongest colour channel: class 0 red, 1 green, 2 blue;
/// further classes exist and never win. For an image of one colour its scores are those of colour_scores().
[[nodiscard]] std::vector<std::byte> tiny_model(const TinyModelOptions& options = {});

}  // namespace qbench::testing
