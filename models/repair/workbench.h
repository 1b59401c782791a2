// SPDX-License-Identifier: Apache-2.0
// Internal to models/: the rules of repair().
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "models/graph.h"

namespace qbench::models {

/// What the rules work on. Any graph that read_tflite() returns may lie here: a rule looks before it believes a shape,
/// a scale or an option, and may throw Error(kModel) before its first change, which means "left alone".
struct Workbench {
  explicit Workbench(Graph source);

  Graph graph;
  std::vector<std::string> texts;  ///< by operator: how the file's own operators are named in messages
  std::vector<std::string> repairs;

  /// One line about operator `index`.
  template <typename... Args>
  void note(std::size_t index, fmt::format_string<Args...> format, Args&&... args) {
    repairs.push_back(fmt::format("{}: {}", texts[index], fmt::format(format, std::forward<Args>(args)...)));
  }

  [[nodiscard]] Tensor& tensor(int index) { return graph.tensors[static_cast<std::size_t>(index)]; }
  [[nodiscard]] const Tensor& tensor(int index) const { return graph.tensors[static_cast<std::size_t>(index)]; }

  /// Puts several operators in the place of one; they share its text.
  void replace(std::size_t index, std::vector<Operator> operators);
  void erase(std::size_t index);
};

/// Scales of a vector along a dimension that it does not have belong to its only one.
void repair_vector_axes(Workbench& bench);
/// Integer operands that follow from shapes become constants; a RESHAPE keeps its batch free.
void fold_shapes(Workbench& bench);
/// Operators that nobody reads go. note_unread() tells of each of them.
void note_unread(Workbench& bench);
/// Returns how many went.
std::size_t drop_unread(Workbench& bench);
/// Versions that only say what 2.9 knows under a lower number.
void lower_versions(Workbench& bench);

// Of weighted ops.
void fold_weight_zero_points(Workbench& bench);
void spread_depthwise_scales(Workbench& bench);
void add_missing_biases(Workbench& bench);
/// FULLY_CONNECTED to CONV_2D; whether there was one.
bool split_per_channel_products(Workbench& bench);

/// The scales of a bias: input scale x weight scale, along dimension 0. Empty for float data.
[[nodiscard]] TensorQuantization bias_quantization(const Tensor& data, const Tensor& weights);
/// A constant of zeros that fits as bias of these operands.
[[nodiscard]] int add_zero_bias(Graph& graph, int data, int weights, int channels);

}  // namespace qbench::models
