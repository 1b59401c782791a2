// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/float_model.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/input_guess.h"
#include "models/precision.h"
#include "models/run_verdict.h"
#include "models/validator.h"

namespace qbench::models {
namespace {

const Tensor& tensor_at(const Graph& graph, int index) { return graph.tensors[static_cast<std::size_t>(index)]; }

void require_known_ops(const Graph& graph, std::string_view name) {
  require_plain_ops(graph, name);
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const Op op = graph.operators[i].op;
    if (is_control_flow(op)) {
      throw Error(ErrorCode::kUnsupported, "{}: {} is control flow, which cannot be quantized", name,
                  operator_text(graph, i));
    }
  }
}

void require_classifier(const Graph& graph, std::string_view name) {
  if (graph.inputs.size() != 1) {
    throw Error(ErrorCode::kModel, "{}: not an image classifier: it has {} inputs", name, graph.inputs.size());
  }
  const Tensor& image = tensor_at(graph, graph.inputs[0]);
  const Tensor& scores = tensor_at(graph, graph.outputs[0]);
  if (image.type != TensorType::kFloat32 || image.shape.size() != 4 || (image.shape[3] != 1 && image.shape[3] != 3)) {
    throw Error(ErrorCode::kModel,
                "{}: not a float image classifier: its input is {} {}, not float32 NHWC with 1 or 3 channels{}", name,
                type_name(image.type), shape_text(image.shape), looks_like(image.shape, type_name(image.type)));
  }
  if (scores.type != TensorType::kFloat32 || scores.shape.size() != 2 || scores.shape[1] < 2) {
    throw Error(ErrorCode::kModel, "{}: not a float classifier: its first output is {} {}, not float32 class scores",
                name, type_name(scores.type), shape_text(scores.shape));
  }
}

void require_stateless(const Graph& graph, std::string_view name) {
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (graph.tensors[i].is_variable) {
      throw Error(ErrorCode::kUnsupported, "{}: {} keeps its value from run to run, which cannot be quantized", name,
                  tensor_text(graph, static_cast<int>(i)));
    }
  }
}

void require_finite(const Graph& graph, std::string_view name) {
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    const auto tensor = static_cast<int>(i);
    if (graph.tensors[i].type != TensorType::kFloat32 || !is_constant(graph, tensor)) {
      continue;
    }
    const std::vector<float> values = constant_floats(graph, tensor);
    if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) {
      throw Error(ErrorCode::kModel,
                  "{}: {} holds a NaN or an infinity; the training went wrong or the file is damaged", name,
                  tensor_text(graph, tensor));
    }
  }
}

}  // namespace

void require_float_classifier(const Graph& graph, std::string_view name) {
  require_valid(graph, name);
  require_known_ops(graph, name);
  const PrecisionClass precision = classify_precision(graph);
  if (precision != PrecisionClass::kFp32) {
    throw Error(ErrorCode::kModel, "{}: its precision is {} already; give the float32 model", name,
                precision_name(precision));
  }
  require_classifier(graph, name);
  require_stateless(graph, name);
  require_finite(graph, name);
}

}  // namespace qbench::models
