// SPDX-License-Identifier: Apache-2.0
// Internal to models/: what a rule of the validator sees of one operator.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "models/graph.h"
#include "models/validator.h"

namespace qbench::models {

using Shape = std::vector<int>;

/// Facts about the whole graph that rules ask for.
struct GraphFacts {
  const Graph& graph;
  const ValidationLimits& limits;
  std::vector<bool> constant;  ///< by tensor: a constant, or computed from constants only (a DEQUANTIZE of weights)
};

/// One operator under judgement. A rule calls require() for what a runtime must be able to trust; the first that fails
/// throws Error(kModel), which validate() turns into the op's fatal finding.
class OpCheck {
 public:
  OpCheck(const GraphFacts& facts, std::size_t index, std::vector<Finding>& findings)
      : facts_(facts), op_(facts.graph.operators[index]), index_(index), findings_(findings) {}

  [[nodiscard]] const Operator& op() const { return op_; }
  [[nodiscard]] const Graph& graph() const { return facts_.graph; }
  [[nodiscard]] const ValidationLimits& limits() const { return facts_.limits; }
  [[nodiscard]] bool has_input(std::size_t i) const { return input_of(op_, i) != kNoTensor; }
  [[nodiscard]] const Tensor& input(std::size_t i) const {
    return facts_.graph.tensors[static_cast<std::size_t>(op_.inputs[i])];
  }
  [[nodiscard]] const Tensor& output(std::size_t i = 0) const {
    return facts_.graph.tensors[static_cast<std::size_t>(op_.outputs[i])];
  }
  /// A constant or computed from constants only.
  [[nodiscard]] bool constant_input(std::size_t i) const {
    return has_input(i) && facts_.constant[static_cast<std::size_t>(op_.inputs[i])];
  }
  /// The values of an integer operand that the file itself holds; nothing when they are computed at run time.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> constant_values(std::size_t i) const;

  /// The options, which must be of this kind.
  template <typename Options>
  [[nodiscard]] const Options& options() const {
    const auto* typed = std::get_if<Options>(&op_.options);
    require(typed != nullptr, "its option table is missing or of another op");
    return *typed;
  }
  /// The same for an op whose options may be left out.
  template <typename Options>
  [[nodiscard]] Options options_or_default() const {
    return std::holds_alternative<std::monostate>(op_.options) ? Options{} : options<Options>();
  }

  template <typename... Args>
  void require(bool condition, fmt::format_string<Args...> format, Args&&... args) const {
    if (!condition) {
      throw Error(ErrorCode::kModel, "{}: {}", operator_text(facts_.graph, index_),
                  fmt::format(format, std::forward<Args>(args)...));
    }
  }
  template <typename... Args>
  void report(Severity severity, fmt::format_string<Args...> format, Args&&... args) const {
    findings_.push_back({severity, fmt::format("{}: {}", operator_text(facts_.graph, index_),
                                               fmt::format(format, std::forward<Args>(args)...))});
  }

  /// Operand `i` is present, of rank `rank` (a negative rank: any).
  void require_rank(std::size_t i, int rank, std::string_view role) const;
  void require_type(const Tensor& tensor, std::initializer_list<TensorType> types, std::string_view role) const;
  /// The declared shape of output `i` is what the operands and options give.
  void require_output(const Shape& expected, std::size_t i = 0) const;
  /// An activation of an integer type carries one finite scale and zero point.
  void require_quantized(const Tensor& tensor, std::string_view role) const;
  void require_activation(Activation activation) const;
  /// A side of a window: 1 .. limits().max_window.
  void require_window(int value, std::string_view what) const;
  /// All outputs have the type of operand `data`.
  void require_same_type(std::size_t data = 0) const;
  /// int32 or int64.
  void require_index_type(std::size_t i, std::string_view role) const;
  /// The values of integer operand `i`, which must be in the file and be `count`.
  [[nodiscard]] std::vector<std::int64_t> required_values(std::size_t i, std::size_t count,
                                                          std::string_view role) const;
  /// An output side computed in 64 bits from the file's numbers.
  [[nodiscard]] int dimension(std::int64_t value) const;
  /// `axis` in [-rank, rank), made non-negative.
  [[nodiscard]] int resolved_axis(std::int64_t axis, std::size_t rank) const;
  /// Kernels of this op copy integers: quantization that is equal to half a step, or wrong numbers.
  void warn_unless_same_quantization(const Tensor& a, const Tensor& b) const;

 private:
  const GraphFacts& facts_;
  const Operator& op_;
  std::size_t index_;
  std::vector<Finding>& findings_;
};

[[nodiscard]] Shape without_dimension(const Shape& shape, int axis);
[[nodiscard]] bool is_quantized_type(TensorType type) noexcept;  ///< int8, uint8 or int16

/// What the validator knows about one op.
struct OpRule {
  Op op;
  int min_inputs;  ///< the first min_inputs operands must be present
  int max_inputs;  ///< -1: any number
  int outputs;     ///< -1: at least one
  void (*check)(const OpCheck&);
};

/// nullptr for an op without a rule.
[[nodiscard]] const OpRule* rule_of(Op op);

// The rules, by kind of op.
void check_conv_2d(const OpCheck& c);
void check_depthwise_conv_2d(const OpCheck& c);
void check_transpose_conv(const OpCheck& c);
void check_pool_2d(const OpCheck& c);
void check_fully_connected(const OpCheck& c);
void check_batch_matmul(const OpCheck& c);

void check_binary(const OpCheck& c);
void check_float_unary(const OpCheck& c);
void check_unary(const OpCheck& c);
void check_softmax(const OpCheck& c);
void check_lrn(const OpCheck& c);
void check_l2_norm(const OpCheck& c);
void check_prelu(const OpCheck& c);
void check_leaky_relu(const OpCheck& c);
void check_quantize(const OpCheck& c);
void check_dequantize(const OpCheck& c);
void check_cast(const OpCheck& c);
void check_fake_quant(const OpCheck& c);

void check_reshape(const OpCheck& c);
void check_squeeze(const OpCheck& c);
void check_expand_dims(const OpCheck& c);
void check_concatenation(const OpCheck& c);
void check_pad(const OpCheck& c);
void check_mirror_pad(const OpCheck& c);
void check_reduce(const OpCheck& c);
void check_arg_max(const OpCheck& c);
void check_resize(const OpCheck& c);
void check_transpose(const OpCheck& c);
void check_slice(const OpCheck& c);
void check_strided_slice(const OpCheck& c);
void check_split(const OpCheck& c);
void check_split_v(const OpCheck& c);
void check_pack(const OpCheck& c);
void check_unpack(const OpCheck& c);
void check_gather(const OpCheck& c);
void check_space_to_depth(const OpCheck& c);
void check_depth_to_space(const OpCheck& c);
void check_shape(const OpCheck& c);

}  // namespace qbench::models
