// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/float_model.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "models/classifier.h"
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

/// Which output holds the scores. Where only the dataset tells, the first that might is enough: the images come later.
std::size_t scores_of(const Graph& graph, ClassifierHints hints, std::string_view name) {
  const bool open = hints.asked.output.empty() && graph.outputs.size() > 1;
  for (std::size_t i = 0; open && i < graph.outputs.size(); ++i) {
    hints.asked.output = std::to_string(i);
    try {
      return classifier_view_of(graph, hints).scores.index;
    } catch (const Error&) {
      continue;
    }
  }
  if (open) hints.asked.output.clear();
  try {
    return classifier_view_of(graph, hints).scores.index;
  } catch (const Error& error) {
    throw Error(error.code(), "{}: {}", name, error.what());
  }
}

void require_classifier(const Graph& graph, std::string_view name, const ClassifierHints& hints) {
  if (graph.inputs.size() != 1) {
    throw Error(ErrorCode::kModel, "{}: not an image classifier: it has {} inputs", name, graph.inputs.size());
  }
  const auto require_float = [&](int index) {
    const Tensor& tensor = tensor_at(graph, index);
    if (tensor.type == TensorType::kFloat32) return;
    throw Error(ErrorCode::kModel, "{}: not a float classifier: {} is {}, not float32", name, tensor_text(graph, index),
                type_name(tensor.type));
  };
  require_float(graph.inputs[0]);
  require_float(graph.outputs.at(scores_of(graph, hints, name)));
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
  require_float_classifier(graph, name, classifier_hints(graph));
}

void require_float_classifier(const Graph& graph, std::string_view name, const ClassifierHints& hints) {
  require_valid(graph, name);
  require_known_ops(graph, name);
  const PrecisionClass precision = classify_precision(graph);
  if (precision != PrecisionClass::kFp32) {
    throw Error(ErrorCode::kModel, "{}: its precision is {} already; give the float32 model", name,
                precision_name(precision));
  }
  require_classifier(graph, name, hints);
  require_stateless(graph, name);
  require_finite(graph, name);
}

}  // namespace qbench::models
