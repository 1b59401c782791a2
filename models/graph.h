// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/printable.h"
#include "core/tensor_spec.h"
#include "models/constant_data.h"
#include "models/op_codes.h"
#include "models/op_options.h"
#include "models/tensor_type.h"

namespace qbench::models {

/// Affine quantization of a tensor as the file has it: real = scale * (stored - zero_point). One entry for the whole
/// tensor or one for each index of dimension `axis`; both vectors empty: not quantized. `min`/`max` are left-overs of
/// calibration that some converters keep.
struct TensorQuantization {
  std::vector<float> scales;
  std::vector<std::int64_t> zero_points;
  int axis = 0;
  std::vector<float> min;
  std::vector<float> max;

  [[nodiscard]] bool is_quantized() const noexcept { return !scales.empty(); }
  [[nodiscard]] bool per_channel() const noexcept { return scales.size() > 1; }
  bool operator==(const TensorQuantization&) const = default;
};

struct Tensor {
  std::string name;
  TensorType type = TensorType::kFloat32;
  std::vector<int> shape;            ///< empty: scalar; image activations are NHWC
  std::vector<int> shape_signature;  ///< like shape with -1 for unknown dimensions; empty: same as shape
  TensorQuantization quantization;
  std::uint32_t buffer = 0;  ///< index into Graph::buffers; an empty buffer (0 always is one): not a constant
  bool is_variable = false;
  bool has_rank = false;  ///< as in the file; the runtime ignores it

  bool operator==(const Tensor&) const = default;
};

/// One node. Inputs may hold kNoTensor for an absent optional operand.
struct Operator {
  Op op = Op::kAdd;
  int version = 1;
  std::string custom_code;  ///< with Op::kCustom: its name
  std::vector<int> inputs;
  std::vector<int> outputs;
  OperatorOptions options;
  std::vector<std::byte> custom_options;
  std::vector<int> intermediates;
  std::vector<bool> mutating_inputs;

  bool operator==(const Operator&) const = default;
};

inline constexpr int kNoTensor = -1;

/// A metadata entry of the file: a name and the bytes of its buffer.
struct MetadataEntry {
  std::string name;
  std::vector<std::byte> data;
  bool operator==(const MetadataEntry&) const = default;
};

/// A file packed behind the model (label lists); see models/metadata.h.
struct PackedFile {
  std::string name;
  std::vector<std::byte> data;
  bool operator==(const PackedFile&) const = default;
};

struct SignatureEntry {
  std::string name;
  int tensor = 0;
  bool operator==(const SignatureEntry&) const = default;
};

struct Signature {
  std::string key;
  std::vector<SignatureEntry> inputs;
  std::vector<SignatureEntry> outputs;
  bool operator==(const Signature&) const = default;
};

/// A classifier file in memory: one subgraph with everything needed to write it back. A plain value, whose
/// copies share the weights that they do not change, so a rewriter is a function Graph -> Graph. Operators are in
/// execution order. What models/tflite_reader.h promises of a graph that it returns: every tensor index is in range (or
/// kNoTensor in an operator's inputs); buffers[0] exists and is empty, and every other buffer holds the data of a
/// tensor. Everything else is for models/validator.h to say.
struct Graph {
  std::string name;
  std::string description;
  std::vector<Tensor> tensors;
  std::vector<Operator> operators;
  std::vector<ConstantData> buffers{ConstantData{}};
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::vector<MetadataEntry> metadata;
  std::vector<Signature> signatures;
  std::vector<PackedFile> files;

  bool operator==(const Graph&) const = default;
};

// Reading.

/// Product of the dimensions (1 for a scalar). Throws Error(kModel) when a dimension is negative or it passes 2^31.
[[nodiscard]] std::int64_t element_count(const std::vector<int>& shape);

/// The constant bytes of a tensor; empty for an activation and for a buffer index out of range.
[[nodiscard]] std::span<const std::byte> constant_bytes(const Graph& graph, int tensor);
[[nodiscard]] bool is_constant(const Graph& graph, int tensor);

/// A constant's values, converted from float32 / float16 / float64, or from int8 / uint8 / int16 / int32 / int64
/// (bool). Throw Error(kModel) naming the tensor when it is not a constant of such a type or its size does not fit.
[[nodiscard]] std::vector<float> constant_floats(const Graph& graph, int tensor);
[[nodiscard]] std::vector<std::int64_t> constant_ints(const Graph& graph, int tensor);

/// An operator's operand, or kNoTensor when the list is shorter.
[[nodiscard]] int input_of(const Operator& op, std::size_t position) noexcept;

/// "CONV_2D #3 'model/conv/Relu'": op, position and first output's name, for messages (hostile names made printable).
[[nodiscard]] std::string operator_text(const Graph& graph, std::size_t index);
/// "tensor 12 'conv/weights'".
[[nodiscard]] std::string tensor_text(const Graph& graph, int index);

/// Name, shape, dtype and whole-tensor quantization as the other folders know them. Throws Error(kModel) for an element
/// type that TensorSpec does not know.
[[nodiscard]] TensorSpec tensor_spec(const Graph& graph, int tensor);

/// Who makes and who reads each tensor; valid as long as the graph's operators are not changed.
struct GraphIndex {
  explicit GraphIndex(const Graph& graph);
  std::vector<int> producer;                ///< by tensor: operator index or -1
  std::vector<std::vector<int>> consumers;  ///< by tensor: operator indices, ascending, each once
};

/// Extent of the tensor's last axis, the channels of NHWC; 1 for a scalar.
[[nodiscard]] std::size_t channels_of(const Graph& graph, int tensor);

// Building.

/// Each returns the new index.
int add_tensor(Graph& graph, Tensor tensor);
std::uint32_t add_buffer(Graph& graph, ConstantData data);
/// A constant tensor with its own buffer.
int add_constant(Graph& graph, Tensor tensor, ConstantData data);

/// The bytes of a vector of plain numbers, for add_buffer.
[[nodiscard]] Bytes to_bytes(std::span<const std::byte> data);
template <typename T>
[[nodiscard]] Bytes bytes_of(const std::vector<T>& values) {
  return to_bytes(std::as_bytes(std::span<const T>(values)));
}

}  // namespace qbench::models
