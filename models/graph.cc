// SPDX-License-Identifier: Apache-2.0
#include "models/graph.h"

#include <cstring>
#include <limits>
#include <utility>

#include "core/error.h"
#include "models/half.h"

namespace qbench::models {
namespace {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

// The file aligns constants to four bytes at best, so eight-byte values are copied out, never read in place.
template <typename Stored, typename Value>
std::vector<Value> converted(std::span<const std::byte> bytes) {
  std::vector<Value> values(bytes.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored{};
    std::memcpy(&stored, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<Value>(stored);
  }
  return values;
}

std::vector<float> floats_from_half(std::span<const std::byte> bytes) {
  std::vector<float> values;
  for (std::uint16_t bits : converted<std::uint16_t, std::uint16_t>(bytes)) {
    values.push_back(from_half(bits));
  }
  return values;
}

std::span<const std::byte> checked_constant(const Graph& graph, int tensor) {
  const std::span<const std::byte> bytes = constant_bytes(graph, tensor);
  const Tensor& info = graph.tensors.at(static_cast<std::size_t>(tensor));
  const auto expected = static_cast<std::size_t>(element_count(info.shape)) * type_bytes(info.type);
  if (bytes.empty() || bytes.size() != expected) {
    throw Error(ErrorCode::kModel, "{} holds {} bytes of constant data where its shape and type need {}",
                tensor_text(graph, tensor), bytes.size(), expected);
  }
  return bytes;
}

[[noreturn]] void throw_wrong_type(const Graph& graph, int tensor, std::string_view wanted) {
  throw Error(ErrorCode::kModel, "{} is of type {} where {} constant is needed", tensor_text(graph, tensor),
              type_name(graph.tensors[static_cast<std::size_t>(tensor)].type), wanted);
}

}  // namespace

std::int64_t element_count(const std::vector<int>& shape) {
  std::int64_t count = 1;
  for (int dimension : shape) {
    if (dimension < 0) {
      throw Error(ErrorCode::kModel, "a tensor has the dimension {}", dimension);
    }
    count *= dimension;
    if (count > kMaxElements) {
      throw Error(ErrorCode::kModel, "a tensor has more than 2^31 elements");
    }
  }
  return count;
}

std::span<const std::byte> constant_bytes(const Graph& graph, int tensor) {
  if (tensor < 0 || static_cast<std::size_t>(tensor) >= graph.tensors.size()) {
    return {};
  }
  const std::uint32_t buffer = graph.tensors[static_cast<std::size_t>(tensor)].buffer;
  if (buffer >= graph.buffers.size()) {
    return {};
  }
  return graph.buffers[buffer];
}

bool is_constant(const Graph& graph, int tensor) { return !constant_bytes(graph, tensor).empty(); }

std::vector<float> constant_floats(const Graph& graph, int tensor) {
  const std::span<const std::byte> bytes = checked_constant(graph, tensor);
  switch (graph.tensors[static_cast<std::size_t>(tensor)].type) {
    case TensorType::kFloat32:
      return converted<float, float>(bytes);
    case TensorType::kFloat16:
      return floats_from_half(bytes);
    case TensorType::kFloat64:
      return converted<double, float>(bytes);
    default:
      throw_wrong_type(graph, tensor, "a float");
  }
}

std::vector<std::int64_t> constant_ints(const Graph& graph, int tensor) {
  const std::span<const std::byte> bytes = checked_constant(graph, tensor);
  switch (graph.tensors[static_cast<std::size_t>(tensor)].type) {
    case TensorType::kInt8:
      return converted<std::int8_t, std::int64_t>(bytes);
    case TensorType::kUint8:
    case TensorType::kBool:
      return converted<std::uint8_t, std::int64_t>(bytes);
    case TensorType::kInt16:
      return converted<std::int16_t, std::int64_t>(bytes);
    case TensorType::kInt32:
      return converted<std::int32_t, std::int64_t>(bytes);
    case TensorType::kInt64:
      return converted<std::int64_t, std::int64_t>(bytes);
    default:
      throw_wrong_type(graph, tensor, "an integer");
  }
}

int input_of(const Operator& op, std::size_t position) noexcept {
  return position < op.inputs.size() ? op.inputs[position] : kNoTensor;
}

std::string tensor_text(const Graph& graph, int index) {
  if (index < 0 || static_cast<std::size_t>(index) >= graph.tensors.size()) {
    return fmt::format("tensor {}", index);
  }
  return fmt::format("tensor {} '{}'", index, printable_name(graph.tensors[static_cast<std::size_t>(index)].name));
}

std::string operator_text(const Graph& graph, std::size_t index) {
  const Operator& op = graph.operators.at(index);
  std::string text = fmt::format("{} #{}", op_name(op.op), index);
  if (op.op == Op::kCustom) {
    text += fmt::format(" '{}'", printable_name(op.custom_code));
  }
  if (!op.outputs.empty() && op.outputs[0] >= 0 && static_cast<std::size_t>(op.outputs[0]) < graph.tensors.size()) {
    text += fmt::format(" '{}'", printable_name(graph.tensors[static_cast<std::size_t>(op.outputs[0])].name));
  }
  return text;
}

TensorSpec tensor_spec(const Graph& graph, int tensor) {
  const Tensor& info = graph.tensors.at(static_cast<std::size_t>(tensor));
  const std::optional<DType> dtype = to_dtype(info.type);
  if (!dtype) {
    throw Error(ErrorCode::kModel, "{} is of type {}, which qbench cannot feed or read", tensor_text(graph, tensor),
                type_name(info.type));
  }
  TensorSpec spec{.name = printable(info.name), .shape = info.shape, .dtype = *dtype, .quantization = {}};
  const TensorQuantization& quantization = info.quantization;
  if (quantization.scales.size() == 1) {
    spec.quantization.scale = quantization.scales[0];
    spec.quantization.zero_point =
        quantization.zero_points.empty() ? 0 : static_cast<std::int32_t>(quantization.zero_points[0]);
  }
  return spec;
}

GraphIndex::GraphIndex(const Graph& graph) : producer(graph.tensors.size(), -1), consumers(graph.tensors.size()) {
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const int op = static_cast<int>(i);
    for (int tensor : graph.operators[i].outputs) {
      if (tensor >= 0) {
        producer.at(static_cast<std::size_t>(tensor)) = op;
      }
    }
    for (int tensor : graph.operators[i].inputs) {
      if (tensor < 0) {
        continue;
      }
      std::vector<int>& list = consumers.at(static_cast<std::size_t>(tensor));
      if (list.empty() || list.back() != op) {
        list.push_back(op);
      }
    }
  }
}

std::size_t channels_of(const Graph& graph, int tensor) {
  const std::vector<int>& shape = graph.tensors[static_cast<std::size_t>(tensor)].shape;
  return shape.empty() ? 1 : static_cast<std::size_t>(shape.back());
}

int add_tensor(Graph& graph, Tensor tensor) {
  graph.tensors.push_back(std::move(tensor));
  return static_cast<int>(graph.tensors.size()) - 1;
}

std::uint32_t add_buffer(Graph& graph, ConstantData data) {
  graph.buffers.push_back(std::move(data));
  return static_cast<std::uint32_t>(graph.buffers.size()) - 1;
}

int add_constant(Graph& graph, Tensor tensor, ConstantData data) {
  tensor.buffer = add_buffer(graph, std::move(data));
  return add_tensor(graph, std::move(tensor));
}

Bytes to_bytes(std::span<const std::byte> data) { return {data.begin(), data.end()}; }

}  // namespace qbench::models
