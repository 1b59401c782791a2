// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/activation_params.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "models/op_cost.h"
#include "models/quantize/integer_ops.h"
#include "models/quantize/packed_weights.h"

namespace qbench::models {
namespace {

constexpr double kMaxConvFactor = 255.0;  // the accelerated kernels refuse 256
constexpr double kMaxSumFactor = 255.0;
constexpr double kMinSumFactor = 1.0 / 1000.0;  // and less than 2^-10
constexpr int kMaxPasses = 16;
/// A joined operand that others read too keeps its own scale when the common range is more than twice its own.
constexpr float kWorthOwnScale = 2.0F;
constexpr float kWideJoin = 16.0F;

float width(const Range& range) { return range.with_zero().max - range.with_zero().min; }

/// Tensors in groups of equal scale (union-find).
class Planner {
 public:
  Planner(const Graph& graph, const std::vector<bool>& is_integer, const ActivationStatistics& statistics,
          ActivationType type)
      : graph_(graph), index_(graph), is_integer_(is_integer), statistics_(statistics), type_(type) {
    parent_.resize(graph.tensors.size());
    std::iota(parent_.begin(), parent_.end(), 0);
    range_.resize(graph.tensors.size());
    fixed_.resize(graph.tensors.size());
    find_needed();
  }

  ActivationPlan run() {
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      if (is_integer_[i]) {
        start_results(i);
        join(i);
      } else {
        start_float_results(i);
      }
    }
    raise_scales();
    finish();
    return std::move(plan_);
  }

 private:
  const Operator& op(std::size_t i) const { return graph_.operators[i]; }
  ScaleRule rule(std::size_t i) const { return integer_op(op(i).op, type_)->rule; }
  bool is_activation(int tensor) const {
    return tensor != kNoTensor && !is_constant(graph_, tensor) &&
           graph_.tensors[static_cast<std::size_t>(tensor)].type == TensorType::kFloat32;
  }

  /// Activations that will exist as integers.
  void find_needed() {
    needed_.assign(graph_.tensors.size(), false);
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      if (!is_integer_[i]) {
        continue;
      }
      for (std::size_t position : activation_operands(graph_, op(i))) {
        need(op(i).inputs[position]);
      }
      std::for_each(op(i).outputs.begin(), op(i).outputs.end(), [this](int output) { need(output); });
    }
    for (int input : graph_.inputs) {
      need(input);
      if (is_activation(input)) {
        start(input);
      }
    }
    std::for_each(graph_.outputs.begin(), graph_.outputs.end(), [this](int output) { need(output); });
  }
  void need(int tensor) {
    if (is_activation(tensor)) {
      needed_[static_cast<std::size_t>(tensor)] = true;
    }
  }

  int group(int tensor) {
    while (parent_[static_cast<std::size_t>(tensor)] != tensor) {
      tensor = parent_[static_cast<std::size_t>(tensor)];
    }
    return tensor;
  }
  Range& range(int tensor) { return range_[static_cast<std::size_t>(group(tensor))]; }
  std::optional<AffineParams>& fixed(int tensor) { return fixed_[static_cast<std::size_t>(group(tensor))]; }
  AffineParams params(int tensor) {
    const std::optional<AffineParams>& given = fixed(tensor);
    return given ? *given : params_for(range(tensor), type_);
  }

  /// A group of its own with the calibrated range.
  void start(int tensor) {
    const auto i = static_cast<std::size_t>(tensor);
    const std::optional<Range> seen = i < statistics_.ranges.size() ? statistics_.ranges[i] : std::nullopt;
    if (!seen) {
      throw Error(ErrorCode::kModel, "no range was measured for {}", tensor_text(graph_, tensor));
    }
    if (!std::isfinite(seen->min) || !std::isfinite(seen->max) || !std::isfinite(seen->max - seen->min)) {
      throw Error(ErrorCode::kModel, "{} takes values from {:g} to {:g}: it cannot be quantized",
                  tensor_text(graph_, tensor), seen->min, seen->max);
    }
    range_[i] = *seen;
  }

  void start_results(std::size_t i) {
    const IntegerOp& entry = *integer_op(op(i).op, type_);
    for (int output : op(i).outputs) {
      if (!is_activation(output)) {
        continue;
      }
      if (entry.rule == ScaleRule::kFixed) {
        fixed_[static_cast<std::size_t>(output)] =
            type_ == ActivationType::kInt8 ? entry.int8_fixed : entry.int16_fixed;
      } else if (entry.rule != ScaleRule::kSame) {
        start(output);
      }
    }
  }

  /// A float op's result that integer ops read; the scale that its kernel would have is the best one too.
  void start_float_results(std::size_t i) {
    const IntegerOp* entry = integer_op(op(i).op, type_);
    for (int output : op(i).outputs) {
      if (!is_activation(output) || !needed_[static_cast<std::size_t>(output)]) {
        continue;
      }
      if (entry != nullptr && entry->rule == ScaleRule::kFixed) {
        fixed_[static_cast<std::size_t>(output)] =
            type_ == ActivationType::kInt8 ? entry->int8_fixed : entry->int16_fixed;
      } else {
        start(output);
      }
    }
  }

  void join(std::size_t i) {
    if (rule(i) != ScaleRule::kSame && rule(i) != ScaleRule::kJoined) {
      return;
    }
    for (std::size_t position : activation_operands(graph_, op(i))) {
      const int input = op(i).inputs[position];
      if (!is_activation(input)) {
        continue;
      }
      if (rule(i) == ScaleRule::kSame) {
        std::for_each(op(i).outputs.begin(), op(i).outputs.end(), [this, input](int output) { unite(input, output); });
      } else {
        join_operand(i, position, input);
      }
    }
  }

  void join_operand(std::size_t i, std::size_t position, int input) {
    const int output = op(i).outputs[0];
    const float own = fixed(input) ? 0.0F : width(range(input));
    const bool shared = index_.consumers[static_cast<std::size_t>(input)].size() > 1;
    const bool is_graph_input = std::any_of(graph_.inputs.begin(), graph_.inputs.end(),
                                            [this, input](int image) { return group(image) == group(input); });
    if (op(i).op == Op::kConcatenation && own > 0.0F && width(range(output)) > kWideJoin * own) {
      plan_.warnings.push_back(
          fmt::format("{} joins {}, whose values are more than {:g} times smaller than the others and lose precision",
                      operator_text(graph_, i), tensor_text(graph_, input), kWideJoin));
    }
    if (fixed(input) || is_graph_input || (shared && width(range(output)) > kWorthOwnScale * own)) {
      requantized_.emplace_back(i, position);
      range(output) = range(output).united(fixed(input) ? range_held(*fixed(input)) : range(input));
    } else {
      range(output) = range(output).united(range(input));
      unite(output, input);
    }
  }

  Range range_held(const AffineParams& held) const {
    const int low = type_ == ActivationType::kInt8 ? -128 : -32767;
    const int high = type_ == ActivationType::kInt8 ? 127 : 32767;
    return {held.scale * static_cast<float>(low - held.zero_point),
            held.scale * static_cast<float>(high - held.zero_point)};
  }

  /// `follower`'s group takes the range and scale of `leader`'s.
  void unite(int leader, int follower) {
    const int to = group(leader);
    const int from = group(follower);
    parent_[static_cast<std::size_t>(from)] = to;
  }

  void raise_scales() {
    for (int pass = 0; pass < kMaxPasses; ++pass) {
      bool changed = false;
      for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
        if (!is_integer_[i]) {
          continue;
        }
        if (has_weights(op(i).op)) {
          changed |= fit_convolution(i);
        } else if (op(i).op == Op::kAdd || op(i).op == Op::kSub) {
          changed |= fit_sum(i);
        }
      }
      if (!changed) {
        return;
      }
    }
  }

  bool fit_convolution(std::size_t i) {
    const int data = op(i).inputs[op(i).op == Op::kTransposeConv ? 2 : 0];
    const std::vector<float>& scales = weight_scales_of(i);
    const float largest = *std::max_element(scales.begin(), scales.end());
    const double product = static_cast<double>(params(data).scale) * static_cast<double>(largest);
    return raise_to(op(i).outputs[0], product / kMaxConvFactor);
  }

  const std::vector<float>& weight_scales_of(std::size_t i) {
    const auto [entry, is_new] = weight_scales_.try_emplace(i);
    if (is_new) {
      const int weights = op(i).inputs[1];
      const std::vector<int>& shape = graph_.tensors[static_cast<std::size_t>(weights)].shape;
      entry->second =
          weight_scales(constant_floats(graph_, weights), ChannelLayout::along(shape, channel_axis(op(i).op)));
    }
    return entry->second;
  }

  bool fit_sum(std::size_t i) {
    bool changed = false;
    const int output = op(i).outputs[0];
    for (std::size_t position : activation_operands(graph_, op(i))) {
      const int input = op(i).inputs[position];
      if (is_activation(input)) {
        changed |= raise_to(output, static_cast<double>(params(input).scale) / kMaxSumFactor);
        changed |= raise_to(input, static_cast<double>(params(output).scale) * kMinSumFactor);
      }
    }
    return changed;
  }

  /// Makes the scale of a tensor's group at least `least`. A fixed scale stays.
  bool raise_to(int tensor, double least) {
    const double scale = params(tensor).scale;
    if (fixed(tensor) || scale >= least) {
      return false;
    }
    Range& current = range(tensor);
    // A little more, so that rounding cannot leave the scale below.
    const double wanted = least * 1.001;
    const Range wider = current.widened(static_cast<float>(wanted / scale));
    const double steps = type_ == ActivationType::kInt8 ? 255.0 : 32767.0;
    current = params_for(wider, type_).scale >= static_cast<float>(least)
                  ? wider
                  : Range{0.0F, static_cast<float>(wanted * steps)};
    return true;
  }

  void finish() {
    plan_.params.resize(graph_.tensors.size());
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (needed_[i]) {
        plan_.params[i] = params(static_cast<int>(i));
      }
    }
    for (const auto& [i, position] : requantized_) {
      const AffineParams wanted = params(op(i).outputs[0]);
      if (params(op(i).inputs[position]) != wanted) {
        plan_.requantized[{i, position}] = wanted;
      }
    }
  }

  const Graph& graph_;
  const GraphIndex index_;
  const std::vector<bool>& is_integer_;
  const ActivationStatistics& statistics_;
  const ActivationType type_;
  std::vector<int> parent_;
  std::vector<Range> range_;
  std::vector<std::optional<AffineParams>> fixed_;
  std::vector<bool> needed_;
  std::vector<std::pair<std::size_t, std::size_t>> requantized_;
  std::map<std::size_t, std::vector<float>> weight_scales_;
  ActivationPlan plan_;
};

}  // namespace

ActivationPlan plan_activations(const Graph& graph, const std::vector<bool>& is_integer,
                                const ActivationStatistics& statistics, ActivationType type) {
  return Planner(graph, is_integer, statistics, type).run();
}

}  // namespace qbench::models
