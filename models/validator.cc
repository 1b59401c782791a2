// SPDX-License-Identifier: Apache-2.0
#include "models/validator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "core/error.h"
#include "models/op_check.h"

namespace qbench::models {
namespace {

constexpr std::size_t kMaxRank = 8;
/// Kernels multiply scales with each other and with powers of two in float32; past these limits that overflows or
/// vanishes and they stop the process. Weights of dead channels may have smaller scales.
constexpr float kLargestScale = 1e20F;
constexpr float kSmallestScale = 1e-20F;

/// Smallest and largest stored value of a quantized type.
struct StoredRange {
  std::int64_t low;
  std::int64_t high;
};

std::optional<StoredRange> stored_range(TensorType type) {
  switch (type) {
    case TensorType::kInt8:
      return StoredRange{-128, 127};
    case TensorType::kUint8:
      return StoredRange{0, 255};
    case TensorType::kInt16:
      return StoredRange{-32768, 32767};
    case TensorType::kInt32:
      return StoredRange{std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()};
    default:
      return std::nullopt;
  }
}

class Validator {
 public:
  Validator(const Graph& graph, const ValidationLimits& limits) : graph_(graph), limits_(limits) {}

  std::vector<Finding> run() {
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      guarded([this, i] { check_tensor(static_cast<int>(i)); });
    }
    guarded([this] { check_memory(); });
    guarded([this] { check_ends(); });
    check_order();
    // Rules read constants and shapes, so they only see graphs whose tensors and order are sound.
    const bool sound = std::none_of(findings_.begin(), findings_.end(),
                                    [](const Finding& f) { return f.severity == Severity::kFatal; });
    if (sound) {
      check_operators();
    }
    return std::move(findings_);
  }

 private:
  /// A violation ends one check and becomes its fatal finding.
  template <typename Check>
  void guarded(const Check& check) {
    try {
      check();
    } catch (const Error& error) {
      findings_.push_back({Severity::kFatal, error.what()});
    }
  }

  template <typename... Args>
  static void require(bool condition, fmt::format_string<Args...> format, Args&&... args) {
    if (!condition) {
      throw Error(ErrorCode::kModel, format, std::forward<Args>(args)...);
    }
  }

  const Tensor& tensor(int index) const { return graph_.tensors[static_cast<std::size_t>(index)]; }

  void check_tensor(int index) {
    const Tensor& info = tensor(index);
    const std::string text = tensor_text(graph_, index);
    require(type_bytes(info.type) > 0, "{} is of {}, which no image classifier needs", text, type_name(info.type));
    require(info.shape.size() <= kMaxRank, "{} has {} dimensions", text, info.shape.size());
    for (int side : info.shape) {
      require(side >= 1, "{} has the shape {}", text, shape_text(info.shape));
    }
    require(elements_fit(info.shape), "{} has more than 2^31 elements ({})", text, shape_text(info.shape));
    check_signature(info, text);
    require(info.buffer < graph_.buffers.size(), "{} refers to buffer {} of {}", text, info.buffer,
            graph_.buffers.size());
    const std::size_t stored = graph_.buffers[info.buffer].size();
    const std::size_t needed = static_cast<std::size_t>(element_count(info.shape)) * type_bytes(info.type);
    require(stored == 0 || stored == needed, "{} holds {} bytes where {} {} need {}", text, stored,
            shape_text(info.shape), type_name(info.type), needed);
    require(stored == 0 || !info.is_variable, "{} is a variable and a constant", text);
    check_quantization(index, text);
  }

  static bool elements_fit(const std::vector<int>& shape) {
    std::int64_t count = 1;
    for (int side : shape) {
      count *= std::max(side, 0);  // negative sides are refused on their own
      if (count > std::numeric_limits<std::int32_t>::max()) {
        return false;
      }
    }
    return true;
  }

  static void check_signature(const Tensor& info, const std::string& text) {
    if (info.shape_signature.empty()) {
      return;
    }
    bool fits = info.shape_signature.size() == info.shape.size();
    for (std::size_t i = 0; fits && i < info.shape.size(); ++i) {
      fits = info.shape_signature[i] == -1 || info.shape_signature[i] == info.shape[i];
    }
    require(fits, "{} has the shape {} but the signature {}", text, shape_text(info.shape),
            shape_text(info.shape_signature));
  }

  void check_quantization(int index, const std::string& text) {
    const TensorQuantization& q = tensor(index).quantization;
    if (q.scales.empty()) {
      return;
    }
    const Tensor& info = tensor(index);
    for (float scale : q.scales) {
      require(std::isfinite(scale) && scale > 0.0F, "{} has the scale {:g}", text, scale);
    }
    if (std::any_of(q.scales.begin(), q.scales.end(), [](float s) { return !std::isnormal(s); })) {
      findings_.push_back({Severity::kWarning, fmt::format("{} has a denormal scale, which XNNPACK refuses", text)});
    }
    const bool activation = is_quantized_type(info.type) && !is_constant(graph_, index);
    for (float scale : q.scales) {
      require(scale <= kLargestScale && (scale >= kSmallestScale || !activation), "{} has the scale {:g}", text, scale);
    }
    require(q.zero_points.empty() || q.zero_points.size() == q.scales.size(), "{} has {} scales and {} zero points",
            text, q.scales.size(), q.zero_points.size());
    if (q.per_channel()) {
      require(q.axis >= 0 && q.axis < static_cast<int>(info.shape.size()) &&
                  info.shape[static_cast<std::size_t>(q.axis)] == static_cast<int>(q.scales.size()),
              "{} has {} scales along dimension {} of {}", text, q.scales.size(), q.axis, shape_text(info.shape));
      require(is_constant(graph_, index), "{} has a scale for each channel but is not a constant", text);
    }
    const std::optional<StoredRange> range = stored_range(info.type);
    for (std::int64_t zero_point : q.zero_points) {
      require(!range || (zero_point >= range->low && zero_point <= range->high),
              "{} has the zero point {}, which {} cannot hold", text, zero_point, type_name(info.type));
    }
  }

  void check_memory() const {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      const Tensor& info = graph_.tensors[i];
      if (!is_constant(graph_, static_cast<int>(i)) && elements_fit(info.shape) &&
          std::all_of(info.shape.begin(), info.shape.end(), [](int side) { return side >= 0; })) {
        total += element_count(info.shape) * static_cast<std::int64_t>(type_bytes(info.type));
      }
    }
    require(total <= limits_.max_activation_bytes, "the graph's activations need {} MB, more than {} MB", total >> 20,
            limits_.max_activation_bytes >> 20);
  }

  void check_ends() const {
    require(!graph_.operators.empty(), "the graph has no operators");
    require(!graph_.inputs.empty(), "the graph has no inputs");
    require(!graph_.outputs.empty(), "the graph has no outputs");
    std::vector<bool> seen(graph_.tensors.size(), false);
    for (int input : graph_.inputs) {
      const std::string text = tensor_text(graph_, input);
      require(!seen[static_cast<std::size_t>(input)], "{} is an input of the graph twice", text);
      seen[static_cast<std::size_t>(input)] = true;
      require(!is_constant(graph_, input), "{} is an input of the graph and a constant", text);
      require(!tensor(input).is_variable, "{} is an input of the graph and a variable", text);
      const std::vector<int>& signature = tensor(input).shape_signature;
      for (std::size_t i = 1; i < signature.size(); ++i) {
        require(signature[i] != -1, "{} has the dynamic shape {}; convert the model for one fixed size", text,
                shape_text(signature));
      }
    }
    std::fill(seen.begin(), seen.end(), false);
    for (int output : graph_.outputs) {
      require(!seen[static_cast<std::size_t>(output)], "{} is an output of the graph twice",
              tensor_text(graph_, output));
      seen[static_cast<std::size_t>(output)] = true;
    }
  }

  // Operators are stored in execution order: an operand must exist before its reader runs, and nothing may be
  // written twice or over a constant.
  void check_order() {
    std::vector<bool> written(graph_.tensors.size(), false);
    for (int input : graph_.inputs) {
      written[static_cast<std::size_t>(input)] = true;
    }
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      guarded([this, i, &written] { check_operands(i, written); });
    }
    for (int output : graph_.outputs) {
      guarded([this, output, &written] {
        require(written[static_cast<std::size_t>(output)], "{} is an output of the graph that no operator produces",
                tensor_text(graph_, output));
      });
    }
    guarded([this] { check_every_result_is_used(); });
  }

  void check_operands(std::size_t index, std::vector<bool>& written) const {
    const Operator& op = graph_.operators[index];
    require(!op.outputs.empty(), "{}: it has no output", operator_text(graph_, index));
    for (int input : op.inputs) {
      const bool ready = input == kNoTensor || written[static_cast<std::size_t>(input)] || is_constant(graph_, input) ||
                         tensor(input).is_variable;
      require(ready, "{}: it reads {} before any operator has made it", operator_text(graph_, index),
              tensor_text(graph_, input));
    }
    for (int output : op.outputs) {
      const bool free = !written[static_cast<std::size_t>(output)] && !is_constant(graph_, output);
      require(free, "{}: it writes {}, which is an input, a constant or made twice", operator_text(graph_, index),
              tensor_text(graph_, output));
      written[static_cast<std::size_t>(output)] = true;
    }
  }

  // An operator that nobody reads has no memory planned for its result on the accelerated path.
  void check_every_result_is_used() const {
    std::vector<bool> used(graph_.tensors.size(), false);
    for (const Operator& op : graph_.operators) {
      for (int input : op.inputs) {
        if (input != kNoTensor) {
          used[static_cast<std::size_t>(input)] = true;
        }
      }
    }
    for (int output : graph_.outputs) {
      used[static_cast<std::size_t>(output)] = true;
    }
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      const std::vector<int>& outputs = graph_.operators[i].outputs;
      const bool any =
          std::any_of(outputs.begin(), outputs.end(), [&used](int o) { return used[static_cast<std::size_t>(o)]; });
      require(any, "{}: its result is neither read nor an output of the graph", operator_text(graph_, i));
    }
  }

  std::vector<bool> constants() const {
    std::vector<bool> constant(graph_.tensors.size());
    for (std::size_t i = 0; i < constant.size(); ++i) {
      constant[i] = is_constant(graph_, static_cast<int>(i));
    }
    for (const Operator& op : graph_.operators) {
      const bool derived = std::all_of(op.inputs.begin(), op.inputs.end(), [&constant](int input) {
        return input == kNoTensor || constant[static_cast<std::size_t>(input)];
      });
      for (int output : op.outputs) {
        constant[static_cast<std::size_t>(output)] = derived && !op.inputs.empty();
      }
    }
    return constant;
  }

  void check_operators() {
    const GraphFacts facts{graph_, limits_, constants()};
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      guarded([this, &facts, i] { check_operator(facts, i); });
    }
  }

  void check_operator(const GraphFacts& facts, std::size_t index) {
    const OpCheck check(facts, index, findings_);
    const Operator& op = check.op();
    const OpRule* rule = rule_of(op.op);
    if (op.op == Op::kCustom) {
      check.report(Severity::kWarning, "a custom op needs a delegate or a runtime that knows it");
      return;
    }
    if (rule == nullptr) {
      check.report(Severity::kWarning, "an op without a rule here; only the runtime checks it");
      return;
    }
    const auto inputs = static_cast<int>(op.inputs.size());
    const auto outputs = static_cast<int>(op.outputs.size());
    check.require(inputs >= rule->min_inputs && (rule->max_inputs < 0 || inputs <= rule->max_inputs),
                  "it has {} operands", inputs);
    // An absent bias may be written as -1; any other operand of that kind is followed blindly.
    const bool optional_bias = op.op == Op::kFullyConnected || op.op == Op::kTransposeConv;
    for (int i = 0; i < inputs; ++i) {
      check.require(check.has_input(static_cast<std::size_t>(i)) || (optional_bias && i >= rule->min_inputs),
                    "its operand {} is missing", i);
    }
    check.require(rule->outputs < 0 || outputs == rule->outputs, "it has {} outputs", outputs);
    rule->check(check);
  }

  const Graph& graph_;
  const ValidationLimits& limits_;
  std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> validate(const Graph& graph, const ValidationLimits& limits) {
  return Validator(graph, limits).run();
}

void require_valid(const Graph& graph, std::string_view name) {
  for (const Finding& finding : validate(graph)) {
    if (finding.severity == Severity::kFatal) {
      throw Error(ErrorCode::kModel, "{}: {}", name, finding.message);
    }
  }
}

void require_right(const Graph& graph, std::string_view name) {
  require_valid(graph, name);
  for (const Finding& finding : validate(graph)) {
    if (finding.severity == Severity::kWrongNumbers) {
      throw Error(ErrorCode::kUnsupported, "{}: the runtime would give wrong numbers: {}", name, finding.message);
    }
  }
}

}  // namespace qbench::models
