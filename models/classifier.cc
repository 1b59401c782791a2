// SPDX-License-Identifier: Apache-2.0
#include "models/classifier.h"

#include <algorithm>

#include "core/error.h"
#include "core/input_guess.h"
#include "models/metadata.h"
#include "models/op_codes.h"

namespace qbench::models {
namespace {

/// Gives the values of its first operand on as they are, or as the same values in another type.
bool only_passes_on(Op op) {
  return op == Op::kReshape || op == Op::kSqueeze || op == Op::kExpandDims || op == Op::kQuantize ||
         op == Op::kDequantize;
}

LastOp last_op_of(const Graph& graph, const GraphIndex& index, int tensor) {
  // A damaged graph may be a ring.
  for (std::size_t steps = 0; steps <= graph.operators.size(); ++steps) {
    const int producer = tensor == kNoTensor ? -1 : index.producer[static_cast<std::size_t>(tensor)];
    if (producer < 0) return LastOp::kUnknown;
    const Operator& op = graph.operators[static_cast<std::size_t>(producer)];
    if (op.op == Op::kSoftmax || op.op == Op::kLogSoftmax) return LastOp::kSoftmax;
    if (op.op == Op::kLogistic) return LastOp::kLogistic;
    if (op.op == Op::kCustom) return LastOp::kUnknown;
    if (!only_passes_on(op.op)) return LastOp::kOther;
    tensor = input_of(op, 0);
  }
  return LastOp::kUnknown;
}

std::string alias_of(const Graph& graph, int tensor) {
  for (const Signature& signature : graph.signatures) {
    for (const SignatureEntry& output : signature.outputs) {
      if (output.tensor == tensor) return output.name;
    }
  }
  return {};
}

std::optional<ImageSize> stated_size(const Graph& graph) {
  try {
    const auto metadata = read_metadata(graph);
    if (metadata && metadata->image_width > 0 && metadata->image_height > 0) {
      return ImageSize{.height = metadata->image_height, .width = metadata->image_width};
    }
  } catch (const Error&) {
    return std::nullopt;  // whoever needs the metadata says what is wrong with them
  }
  return std::nullopt;
}

}  // namespace

ClassifierHints classifier_hints(const Graph& graph) {
  ClassifierHints hints;
  hints.stated_size = stated_size(graph);
  const GraphIndex index(graph);
  for (const int output : graph.outputs) {
    hints.outputs.push_back({.last_op = last_op_of(graph, index, output), .alias = alias_of(graph, output)});
  }
  return hints;
}

ClassifierView classifier_view_of(const Graph& graph, const ClassifierHints& hints) {
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  for (const int input : graph.inputs) {
    const Tensor& tensor = graph.tensors[static_cast<std::size_t>(input)];
    if (const std::string type = type_name(tensor.type); !to_dtype(tensor.type)) {
      throw Error(ErrorCode::kUnsupported, "not an image classifier: its input '{}' is {}{}", printable(tensor.name),
                  type, looks_like(tensor.shape, type));
    }
    inputs.push_back(tensor_spec(graph, input));
  }
  for (const int output : graph.outputs) outputs.push_back(tensor_spec(graph, output));
  if (inputs.empty() || inputs[0].shape.empty()) return classifier_view(inputs, outputs, hints);
  // The dimension that an output shares with the input is the batch, as for the runtime.
  const int batch = inputs[0].shape[0];
  bool batched = false;
  for (TensorSpec& output : outputs) {
    if (output.shape.empty() || output.shape[0] != batch) continue;
    output.shape[0] = 1;
    batched = true;
  }
  if (batched) inputs[0].shape[0] = 1;
  return classifier_view(inputs, outputs, hints);
}

}  // namespace qbench::models
