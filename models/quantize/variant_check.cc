// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/variant_check.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "core/error.h"
#include "models/op_cost.h"
#include "models/validator.h"

namespace qbench::models {
namespace {

constexpr std::int64_t kForbiddenWeight = -128;

template <typename... Args>
void require(bool condition, std::string_view name, fmt::format_string<Args...> format, Args&&... args) {
  if (!condition) {
    throw Error(ErrorCode::kModel, "{}: not written, because the check of the result failed: {}", name,
                fmt::format(format, std::forward<Args>(args)...));
  }
}

void check_findings(const Graph& variant, std::string_view name) {
  for (const Finding& finding : validate(variant)) {
    require(finding.severity == Severity::kWarning, name, "{}", finding.message);
  }
}

void check_scales(const Graph& variant, std::string_view name) {
  for (std::size_t i = 0; i < variant.tensors.size(); ++i) {
    const std::vector<float>& scales = variant.tensors[i].quantization.scales;
    require(std::all_of(scales.begin(), scales.end(), [](float s) { return std::isnormal(s) && s > 0.0F; }), name,
            "{} has a scale that is not a normal number", tensor_text(variant, static_cast<int>(i)));
  }
}

void check_weights(const Graph& variant, std::string_view name) {
  const GraphIndex index(variant);
  for (const Operator& op : variant.operators) {
    const int weights = weighted_operands(variant, index, op).stored_weights;
    if (weights == kNoTensor || variant.tensors[static_cast<std::size_t>(weights)].type != TensorType::kInt8) {
      continue;
    }
    const std::vector<std::int64_t> values = constant_ints(variant, weights);
    require(std::find(values.begin(), values.end(), kForbiddenWeight) == values.end(), name, "{} holds a weight of {}",
            tensor_text(variant, weights), kForbiddenWeight);
  }
}

std::int64_t total_macs(const Graph& graph) {
  std::int64_t macs = 0;
  for (const Operator& op : graph.operators) {
    macs += multiply_accumulates(graph, op);
  }
  return macs;
}

/// Operators by kind, without those that only convert between element types.
std::map<Op, int> op_counts(const Graph& graph) {
  std::map<Op, int> counts;
  for (const Operator& op : graph.operators) {
    if (op.op != Op::kQuantize && op.op != Op::kDequantize) {
      ++counts[op.op];
    }
  }
  return counts;
}

std::vector<std::vector<int>> shapes(const Graph& graph, const std::vector<int>& tensors) {
  std::vector<std::vector<int>> result;
  for (int tensor : tensors) {
    result.push_back(graph.tensors[static_cast<std::size_t>(tensor)].shape);
  }
  return result;
}

}  // namespace

void check_variant(const Graph& variant, const Graph& original, std::string_view name) {
  check_findings(variant, name);
  check_scales(variant, name);
  check_weights(variant, name);
  for (std::size_t i = 0; i < variant.operators.size(); ++i) {
    const Operator& op = variant.operators[i];
    const int known = max_version_2_9(op.op);
    require(known < 0 || op.version <= known, name, "{} has version {} where the runtime knows {}",
            operator_text(variant, i), op.version, known);
  }
  require(total_macs(variant) == total_macs(original), name, "it computes {} multiply-accumulates instead of {}",
          total_macs(variant), total_macs(original));
  require(op_counts(variant) == op_counts(original), name, "its operators are not those of the float model");
  require(shapes(variant, variant.inputs) == shapes(original, original.inputs) &&
              shapes(variant, variant.outputs) == shapes(original, original.outputs),
          name, "its inputs and outputs are not those of the float model");
}

}  // namespace qbench::models
