// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/integer_quantizer.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "core/error.h"
#include "models/op_cost.h"
#include "models/quantize/activation_params.h"
#include "models/quantize/bias_correction.h"
#include "models/quantize/conversions.h"
#include "models/quantize/integer_ops.h"
#include "models/quantize/packed_weights.h"

namespace qbench::models {
namespace {

/// What is done with one operator.
enum class Mode {
  kInteger,
  kFloat,
  kUntouched,  ///< has no float operand or result, or reads only a shape
};

bool touches_float(const Graph& graph, const Operator& op) {
  const auto is_float_activation = [&graph](int tensor) {
    return tensor != kNoTensor && !is_constant(graph, tensor) &&
           graph.tensors[static_cast<std::size_t>(tensor)].type == TensorType::kFloat32;
  };
  return op.op != Op::kShape && (std::any_of(op.inputs.begin(), op.inputs.end(), is_float_activation) ||
                                 std::any_of(op.outputs.begin(), op.outputs.end(), is_float_activation));
}

/// Why an operator cannot run on integers; empty: it can.
std::string obstacle(const Graph& graph, const Operator& op, ActivationType type) {
  if (integer_op(op.op, type) == nullptr) {
    return fmt::format("it has no {} kernel that can be trusted", type == ActivationType::kInt8 ? "int8" : "int16");
  }
  if (has_weights(op.op)) {
    const int bias = input_of(op, op.op == Op::kTransposeConv ? 3 : 2);
    if (!has_float_weights(graph, op) || (bias != kNoTensor && !is_constant(graph, bias))) {
      return "its weights or bias are computed, not constant";
    }
  }
  return {};
}

class IntegerQuantizer {
 public:
  IntegerQuantizer(const Graph& graph, const ActivationStatistics& statistics, const IntegerOptions& options)
      : source_(graph), statistics_(statistics), options_(options), graph_(graph) {}

  IntegerResult run() {
    choose_modes();
    std::vector<bool> is_integer;
    for (Mode mode : modes_) {
      is_integer.push_back(mode == Mode::kInteger);
    }
    plan_ = plan_activations(source_, is_integer, statistics_, options_.activations);
    result_.notes.insert(result_.notes.end(), plan_.warnings.begin(), plan_.warnings.end());
    choose_homes();
    for (std::size_t i = 0; i < source_.operators.size(); ++i) {
      rewrite(i);
    }
    graph_.operators = std::move(operators_);
    result_.graph = with_io(graph_, options_.io, io_params(source_.inputs), io_params(source_.outputs));
    return std::move(result_);
  }

 private:
  void choose_modes() {
    for (std::size_t i = 0; i < source_.operators.size(); ++i) {
      const Operator& op = source_.operators[i];
      if (!touches_float(source_, op)) {
        modes_.push_back(Mode::kUntouched);
        continue;
      }
      const std::string problem = obstacle(source_, op, options_.activations);
      const bool asked = options_.keep_float.contains(i);
      if (!problem.empty() && options_.strict) {
        throw Error(ErrorCode::kUnsupported, "{}: {}; without --strict it is kept in float", operator_text(source_, i),
                    problem);
      }
      if (!problem.empty() || asked) {
        result_.float_ops.push_back(i);
        result_.notes.push_back(fmt::format("{} stays in float: {}", operator_text(source_, i),
                                            problem.empty() ? "kept on purpose" : problem));
      }
      modes_.push_back(problem.empty() && !asked ? Mode::kInteger : Mode::kFloat);
      result_.integer_ops += modes_.back() == Mode::kInteger ? 1 : 0;
    }
  }

  /// Results of integer operators and the graph's inputs live as integers; the other form is made where it is read.
  void choose_homes() {
    integer_home_.assign(source_.tensors.size(), false);
    for (int input : source_.inputs) {
      make_integer(input);
    }
    for (std::size_t i = 0; i < modes_.size(); ++i) {
      if (modes_[i] == Mode::kInteger) {
        for (int output : source_.operators[i].outputs) {
          make_integer(output);
        }
      }
    }
  }

  void make_integer(int tensor) {
    const auto i = static_cast<std::size_t>(tensor);
    if (graph_.tensors[i].type == TensorType::kFloat32 && plan_.params[i]) {
      integer_home_[i] = true;
      graph_.tensors[i].type = tensor_type(options_.activations);
      graph_.tensors[i].quantization = to_quantization(*plan_.params[i]);
    }
  }

  void rewrite(std::size_t i) {
    Operator op = source_.operators[i];
    if (modes_[i] == Mode::kInteger) {
      rewrite_integer(i, op);
    } else if (modes_[i] == Mode::kFloat) {
      for (int& input : op.inputs) {
        if (input != kNoTensor && integer_home_[static_cast<std::size_t>(input)]) {
          input = float_form(input);
        }
      }
    }
    operators_.push_back(std::move(op));
  }

  void rewrite_integer(std::size_t i, Operator& op) {
    const IntegerOp& entry = *integer_op(op.op, options_.activations);
    for (std::size_t position : activation_operands(source_, op)) {
      op.inputs[position] = integer_operand(i, position, entry.rule);
    }
    if (has_weights(op.op)) {
      quantize_layer(i, op);
    }
    if (auto* add = std::get_if<AddOptions>(&op.options)) {
      add->pot_scale_int16 = false;
    } else if (auto* sub = std::get_if<SubOptions>(&op.options)) {
      sub->pot_scale_int16 = false;
    }
    op.version = integer_version(graph_, op, entry, options_.activations);
  }

  int integer_operand(std::size_t i, std::size_t position, ScaleRule rule) {
    const int tensor = source_.operators[i].inputs[position];
    if (is_constant(source_, tensor)) {
      const bool copies = rule == ScaleRule::kSame || rule == ScaleRule::kJoined;
      return quantized_constant(
          tensor, copies ? plan_.params[static_cast<std::size_t>(source_.operators[i].outputs[0])] : std::nullopt);
    }
    const auto edge = plan_.requantized.find({i, position});
    if (edge != plan_.requantized.end()) {
      return quantized_copy(tensor, edge->second, "_requantized");
    }
    if (integer_home_[static_cast<std::size_t>(tensor)]) {
      return tensor;
    }
    const auto [made, is_new] = integer_forms_.try_emplace(tensor, kNoTensor);
    if (is_new) {
      made->second = quantized_copy(tensor, *plan_.params[static_cast<std::size_t>(tensor)], "_quantized");
    }
    return made->second;
  }

  /// A tensor that a QUANTIZE before the current operator fills from `tensor`.
  int quantized_copy(int tensor, const AffineParams& params, std::string_view suffix) {
    Tensor copy = graph_.tensors[static_cast<std::size_t>(tensor)];
    copy.name += suffix;
    copy.type = tensor_type(options_.activations);
    copy.quantization = to_quantization(params);
    const int index = add_tensor(graph_, std::move(copy));
    operators_.push_back(make_quantize(graph_, tensor, index));
    return index;
  }

  int float_form(int tensor) {
    const auto [made, is_new] = float_forms_.try_emplace(tensor, kNoTensor);
    if (is_new) {
      Tensor copy = source_.tensors[static_cast<std::size_t>(tensor)];
      copy.name += "_float32";
      made->second = add_tensor(graph_, std::move(copy));
      operators_.push_back(make_dequantize(graph_, tensor, made->second));
    }
    return made->second;
  }

  int quantized_constant(int tensor, const std::optional<AffineParams>& given) {
    const std::vector<float> values = constant_floats(source_, tensor);
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const AffineParams params = given ? *given : params_for({*low, *high}, options_.activations);
    Tensor copy = source_.tensors[static_cast<std::size_t>(tensor)];
    copy.type = tensor_type(options_.activations);
    copy.quantization = to_quantization(params);
    if (options_.activations == ActivationType::kInt8) {
      return add_constant(graph_, std::move(copy), stored<std::int8_t>(values, params, -128, 127));
    }
    return add_constant(graph_, std::move(copy), stored<std::int16_t>(values, params, -32767, 32767));
  }

  template <typename Stored>
  static Bytes stored(const std::vector<float>& values, const AffineParams& params, int low, int high) {
    std::vector<Stored> integers;
    for (float value : values) {
      integers.push_back(static_cast<Stored>(quantize_value(value, params, low, high)));
    }
    return bytes_of(integers);
  }

  void quantize_layer(std::size_t i, Operator& op) {
    const Operator& source = source_.operators[i];
    const std::size_t data = op.op == Op::kTransposeConv ? 2 : 0;
    const std::size_t bias_position = data + (op.op == Op::kTransposeConv ? 1 : 2);
    const bool int8 = options_.activations == ActivationType::kInt8;
    const double limit = int8 ? kInt32BiasLimit : kInt64BiasLimit;
    const Tensor& like = source_.tensors[static_cast<std::size_t>(source.inputs[1])];
    const float input_scale = graph_.tensors[static_cast<std::size_t>(op.inputs[data])].quantization.scales[0];
    const int axis = channel_axis(op.op);
    const ChannelLayout layout =
        op.op == Op::kFullyConnected ? ChannelLayout::whole(like.shape) : ChannelLayout::along(like.shape, axis);
    const std::vector<float> weights = constant_floats(source_, source.inputs[1]);
    std::vector<float> bias(static_cast<std::size_t>(like.shape[static_cast<std::size_t>(axis)]), 0.0F);
    if (input_of(source, bias_position) != kNoTensor) {
      bias = constant_floats(source_, source.inputs[bias_position]);
    }
    std::vector<float> scales = weight_scales(weights, layout);
    raise_scales_for_bias(scales, bias, input_scale, limit);
    const std::vector<std::int8_t> packed = quantize_weights(weights, layout, scales);
    correct(source, weights, packed, scales, bias);
    const std::vector<float> steps = bias_scales(input_scale, scales);
    op.inputs[1] = add_int8_weights(graph_, like, std::move(scales), axis, packed);
    op.inputs.resize(bias_position + 1, kNoTensor);
    op.inputs[bias_position] =
        add_bias(bias_name(source, bias_position, like), steps, quantize_bias(bias, steps, limit));
  }

  std::string bias_name(const Operator& source, std::size_t position, const Tensor& weights) const {
    const int bias = input_of(source, position);
    return bias != kNoTensor ? source_.tensors[static_cast<std::size_t>(bias)].name : weights.name + "_bias";
  }

  void correct(const Operator& op, const std::vector<float>& weights, const std::vector<std::int8_t>& packed,
               const std::vector<float>& scales, std::vector<float>& bias) const {
    const auto data = static_cast<std::size_t>(op.inputs[0]);
    if (!options_.correct_bias || data >= statistics_.channel_means.size()) {
      return;
    }
    const std::vector<float> shift =
        expected_shift(source_, op, weights, packed, scales, statistics_.channel_means[data]);
    for (std::size_t channel = 0; channel < shift.size(); ++channel) {
      bias[channel] -= shift[channel];
    }
  }

  int add_bias(std::string name, const std::vector<float>& steps, const std::vector<std::int64_t>& values) {
    Tensor tensor;
    tensor.name = std::move(name);
    tensor.shape = {static_cast<int>(values.size())};
    tensor.quantization.scales = steps;
    tensor.quantization.zero_points.assign(steps.size(), 0);
    if (options_.activations == ActivationType::kInt16) {
      tensor.type = TensorType::kInt64;
      return add_constant(graph_, std::move(tensor), bytes_of(values));
    }
    tensor.type = TensorType::kInt32;
    return add_constant(graph_, std::move(tensor), bytes_of(std::vector<std::int32_t>(values.begin(), values.end())));
  }

  /// int8 parameters of the graph's ends, whatever the inside has.
  std::vector<AffineParams> io_params(const std::vector<int>& tensors) const {
    std::vector<bool> none(source_.operators.size(), false);
    const ActivationPlan int8_plan = options_.activations == ActivationType::kInt8
                                         ? plan_
                                         : plan_activations(source_, none, statistics_, ActivationType::kInt8);
    std::vector<AffineParams> params;
    for (int tensor : tensors) {
      params.push_back(int8_plan.params[static_cast<std::size_t>(tensor)].value_or(AffineParams{}));
    }
    return params;
  }

  const Graph& source_;
  const ActivationStatistics& statistics_;
  const IntegerOptions& options_;
  Graph graph_;
  IntegerResult result_;
  std::vector<Mode> modes_;  ///< by operator
  ActivationPlan plan_;
  std::vector<bool> integer_home_;  ///< by tensor of the float graph
  std::vector<Operator> operators_;
  std::map<int, int> integer_forms_;  ///< of tensors that live in float
  std::map<int, int> float_forms_;    ///< of tensors that live as integers
};

/// Operators that one text means.
std::set<std::size_t> select(const Graph& graph, const std::string& text) {
  std::set<std::size_t> selected;
  std::size_t position = 0;
  const bool numbered = text.starts_with('#');
  if (numbered) {
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), position);
    if (error != std::errc{} || end != text.data() + text.size() || position >= graph.operators.size()) {
      throw Error(ErrorCode::kUsage, "'{}' is not an op of this model, which has #0 to #{}", text,
                  graph.operators.size() - 1);
    }
    return {position};
  }
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const Operator& op = graph.operators[i];
    const bool named = std::any_of(op.outputs.begin(), op.outputs.end(), [&graph, &text](int output) {
      return graph.tensors[static_cast<std::size_t>(output)].name == text;
    });
    if (named || op_name(op.op) == text) {
      selected.insert(i);
    }
  }
  return selected;
}

}  // namespace

IntegerResult quantize_integer(const Graph& graph, const ActivationStatistics& statistics,
                               const IntegerOptions& options) {
  return IntegerQuantizer(graph, statistics, options).run();
}

std::set<std::size_t> select_operators(const Graph& graph, std::span<const std::string> texts) {
  std::set<std::size_t> selected;
  for (const std::string& text : texts) {
    const std::set<std::size_t> found = select(graph, text);
    if (found.empty()) {
      throw Error(ErrorCode::kUsage,
                  "the model has no op '{}'; give a kind like CONV_2D, a position like #3 or the name of a result",
                  text);
    }
    selected.insert(found.begin(), found.end());
  }
  return selected;
}

}  // namespace qbench::models
