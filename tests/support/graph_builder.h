// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/graph.h"

namespace qbench::testing {

/// Builds small graphs for tests, tensor by tensor.
class GraphBuilder {
 public:
  /// An activation; int8 ones get the scale and zero point given.
  int activation(const std::string& name, std::vector<int> shape,
                 models::TensorType type = models::TensorType::kFloat32, float scale = 0.0F, int zero_point = 0);
  /// A graph input whose batch may be resized.
  int input(const std::string& name, std::vector<int> shape, models::TensorType type = models::TensorType::kFloat32,
            float scale = 0.0F, int zero_point = 0);
  int floats(const std::string& name, std::vector<int> shape, const std::vector<float>& values);
  /// Values that differ from each other and repeat from run to run, in (-1, 1).
  int pattern(const std::string& name, std::vector<int> shape);
  int int32s(const std::string& name, std::vector<int> shape, const std::vector<std::int32_t>& values);
  /// int8 weights with these scales along `axis` (one scale: the whole tensor).
  int int8_weights(const std::string& name, std::vector<int> shape, std::vector<float> scales, int axis);
  int int32_bias(const std::string& name, int channels, std::vector<float> scales);

  /// Appends an operator and returns its (first) output.
  int op(models::Op op, std::vector<int> inputs, int output, models::OperatorOptions options = {}, int version = 1);

  models::Graph& graph() { return graph_; }
  [[nodiscard]] models::Graph finish(const std::vector<int>& outputs);

 private:
  models::Graph graph_;
};

/// [1,8,8,3] -> conv 3x3 stride 2 (ReLU6) -> depthwise 3x3 -> add -> mean -> fully connected -> softmax [1,4], in
/// float. 22 tensors' worth of everything that a classifier has, in about 3 kB.
[[nodiscard]] models::Graph tiny_float_graph();
/// The same shape in int8 with int8 input and output.
[[nodiscard]] models::Graph tiny_int8_graph();
/// Float, with max pool, pad, constant-shape reshape that names batch 1, concat and mul.
[[nodiscard]] models::Graph tiny_fixed_batch_graph();

}  // namespace qbench::testing
