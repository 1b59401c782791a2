// SPDX-License-Identifier: Apache-2.0
#include "models/output_check.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "models/op_cost.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"

namespace qbench::models {
namespace {

/// Float32 products of two scales may be rounded in another order by other tools.
constexpr double kScaleTolerance = 1e-5;

class OutputCheck {
 public:
  OutputCheck(const Graph& graph, std::string_view name) : graph_(graph), index_(graph), name_(name) {}

  void run() const {
    for (const Finding& finding : validate(graph_)) {
      require(finding.severity == Severity::kWarning, "{}", finding.message);
    }
    check_scales();
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      check_version(i);
      check_weights(i);
    }
  }

 private:
  template <typename... Args>
  void require(bool condition, fmt::format_string<Args...> format, Args&&... args) const {
    if (!condition) {
      throw Error(ErrorCode::kModel, "{}: {}", name_, fmt::format(format, std::forward<Args>(args)...));
    }
  }

  const Tensor& tensor(int index) const { return graph_.tensors[static_cast<std::size_t>(index)]; }

  void check_scales() const {
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      const std::vector<float>& scales = graph_.tensors[i].quantization.scales;
      require(std::all_of(scales.begin(), scales.end(), [](float s) { return std::isnormal(s) && s > 0.0F; }),
              "{} has a scale that is not a normal number", tensor_text(graph_, static_cast<int>(i)));
    }
  }

  void check_version(std::size_t index) const {
    const Operator& op = graph_.operators[index];
    const int known = max_version_2_9(op.op);
    require(known < 0 || op.version <= known, "{}: version {} is newer than the 2.9 runtime's {}",
            operator_text(graph_, index), op.version, known);
  }

  void check_weights(std::size_t index) const {
    const WeightedOperands operands = weighted_operands(graph_, index_, graph_.operators[index]);
    if (operands.stored_weights == kNoTensor || tensor(operands.stored_weights).type != TensorType::kInt8) {
      return;
    }
    const Tensor& weights = tensor(operands.stored_weights);
    const std::vector<std::int64_t> values = constant_ints(graph_, operands.stored_weights);
    require(std::find(values.begin(), values.end(), -128) == values.end(), "{}: its int8 weights hold -128",
            operator_text(graph_, index));
    const std::vector<std::int64_t>& zero_points = weights.quantization.zero_points;
    require(std::all_of(zero_points.begin(), zero_points.end(), [](std::int64_t z) { return z == 0; }),
            "{}: its int8 weights have a zero point", operator_text(graph_, index));
    check_bias(index, operands);
  }

  void check_bias(std::size_t index, const WeightedOperands& operands) const {
    const Tensor& data = tensor(operands.data);
    if (operands.bias == kNoTensor || !data.quantization.is_quantized() || data.type == TensorType::kFloat32) {
      return;
    }
    const std::vector<float>& weight_scales = tensor(operands.weights).quantization.scales;
    const std::vector<float>& bias_scales = tensor(operands.bias).quantization.scales;
    require(bias_scales.size() == weight_scales.size(), "{}: {} weight scales but {} bias scales",
            operator_text(graph_, index), weight_scales.size(), bias_scales.size());
    for (std::size_t i = 0; i < bias_scales.size(); ++i) {
      const double product = static_cast<double>(data.quantization.scales[0]) * weight_scales[i];
      require(std::fabs(bias_scales[i] - product) <= kScaleTolerance * product,
              "{}: bias scale {:g} where input scale x weight scale is {:g}", operator_text(graph_, index),
              bias_scales[i], product);
    }
  }

  const Graph& graph_;
  GraphIndex index_;
  std::string_view name_;
};

}  // namespace

void check_output(const Graph& graph, std::span<const std::byte> bytes, std::string_view name) {
  const Graph read_back = read_tflite(bytes, name);
  const Bytes again = write_tflite(read_back);
  if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()) || read_back.operators != graph.operators ||
      read_back.tensors.size() != graph.tensors.size()) {
    throw Error(ErrorCode::kModel, "{}: the bytes written for it read back as another network", name);
  }
  OutputCheck(graph, name).run();
}

}  // namespace qbench::models
