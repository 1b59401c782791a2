// SPDX-License-Identifier: Apache-2.0
#include "models/precision.h"

#include <algorithm>
#include <set>

#include "models/op_cost.h"

namespace qbench::models {
namespace {

constexpr std::string_view kEdgeTpuOp = "edgetpu-custom-op";

TensorType type_of(const Graph& graph, int tensor) { return graph.tensors[static_cast<std::size_t>(tensor)].type; }

PrecisionClass activation_class(TensorType type) {
  switch (type) {
    case TensorType::kInt8:
      return PrecisionClass::kInt8;
    case TensorType::kUint8:
      return PrecisionClass::kUint8;
    case TensorType::kInt16:
      return PrecisionClass::kInt16x8;
    default:
      return PrecisionClass::kFp32;
  }
}

PrecisionClass operator_class(const Graph& graph, const WeightedOperands& operands) {
  const TensorType data = type_of(graph, operands.data);
  if (data != TensorType::kFloat32) {
    return activation_class(data);
  }
  if (type_of(graph, operands.weights) != TensorType::kFloat32) {
    return PrecisionClass::kDynamic;
  }
  if (operands.stored_weights == kNoTensor || type_of(graph, operands.stored_weights) == TensorType::kFloat32) {
    return PrecisionClass::kFp32;
  }
  return type_of(graph, operands.stored_weights) == TensorType::kFloat16 ? PrecisionClass::kFp16
                                                                         : PrecisionClass::kWeightOnly;
}

bool any_is(const Graph& graph, const std::vector<int>& tensors, TensorType type) {
  return std::any_of(tensors.begin(), tensors.end(), [&](int tensor) { return type_of(graph, tensor) == type; });
}

/// Without weighted ops the activations decide.
PrecisionClass class_of_activations(const Graph& graph) {
  for (const Operator& op : graph.operators) {
    for (int output : op.outputs) {
      const PrecisionClass precision = activation_class(type_of(graph, output));
      if (precision != PrecisionClass::kFp32) {
        return precision;
      }
    }
  }
  return PrecisionClass::kFp32;
}

}  // namespace

std::string_view precision_name(PrecisionClass precision) noexcept {
  switch (precision) {
    case PrecisionClass::kFp32:
      return "fp32";
    case PrecisionClass::kFp16:
      return "fp16";
    case PrecisionClass::kWeightOnly:
      return "weight-only";
    case PrecisionClass::kDynamic:
      return "dynamic";
    case PrecisionClass::kInt8FloatIo:
      return "int8-float-io";
    case PrecisionClass::kInt8:
      return "int8";
    case PrecisionClass::kUint8:
      return "uint8";
    case PrecisionClass::kInt16x8:
      return "int16x8";
    case PrecisionClass::kEdgeTpu:
      return "edgetpu";
    case PrecisionClass::kMixed:
      return "mixed";
  }
  return "mixed";
}

PrecisionClass classify_precision(const Graph& graph) {
  const GraphIndex index(graph);
  std::set<PrecisionClass> classes;
  for (const Operator& op : graph.operators) {
    if (op.op == Op::kCustom && op.custom_code == kEdgeTpuOp) {
      return PrecisionClass::kEdgeTpu;
    }
    const WeightedOperands operands = weighted_operands(graph, index, op);
    if (operands.data != kNoTensor && operands.weights != kNoTensor) {
      classes.insert(operator_class(graph, operands));
    }
  }
  if (classes.empty()) {
    classes.insert(class_of_activations(graph));
  }
  const bool float_activations = !classes.contains(PrecisionClass::kInt8) &&
                                 !classes.contains(PrecisionClass::kUint8) &&
                                 !classes.contains(PrecisionClass::kInt16x8);
  if (classes.size() > 1 && float_activations) {
    classes.erase(PrecisionClass::kFp32);
  }
  if (classes.size() > 1) {
    return PrecisionClass::kMixed;
  }
  const bool float_io =
      any_is(graph, graph.inputs, TensorType::kFloat32) && any_is(graph, graph.outputs, TensorType::kFloat32);
  const PrecisionClass only = *classes.begin();
  return only == PrecisionClass::kInt8 && float_io ? PrecisionClass::kInt8FloatIo : only;
}

}  // namespace qbench::models
