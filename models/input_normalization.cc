// SPDX-License-Identifier: Apache-2.0
#include "models/input_normalization.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/error.h"

namespace qbench::models {
namespace {

constexpr double kLargestRawFactor = 0.05;
constexpr double kSmallestRawOffset = 20.0;

/// value = factor * pixel + offset; of several channels those that are largest in size.
struct Affine {
  double factor = 1.0;
  double offset = 0.0;
  bool any = false;  ///< an op was seen
};

/// Follows the one road from the input as long as it is arithmetic with constants.
class Follower {
 public:
  explicit Follower(const Graph& graph) : graph_(graph), index_(graph) {}

  Affine run() {
    int at = graph_.inputs[0];
    while (true) {
      const std::vector<int>& readers = index_.consumers[static_cast<std::size_t>(at)];
      if (readers.size() != 1) return affine_;
      const Operator& op = graph_.operators[static_cast<std::size_t>(readers[0])];
      if (!is_conversion(op.op) && !apply(op, at)) return affine_;
      if (op.outputs.size() != 1) return affine_;
      at = op.outputs[0];
    }
  }

  [[nodiscard]] double largest_offset() const { return std::max(largest_offset_, std::abs(affine_.offset)); }

 private:
  static bool is_conversion(Op op) {
    return op == Op::kCast || op == Op::kDequantize || op == Op::kQuantize || op == Op::kReshape ||
           op == Op::kExpandDims || op == Op::kSqueeze || op == Op::kTranspose;
  }

  /// The value of largest size; nothing for what is no constant number.
  std::optional<double> constant(int tensor) const {
    if (tensor == kNoTensor) return std::nullopt;
    const int maker = index_.producer[static_cast<std::size_t>(tensor)];
    if (maker >= 0) {  // weights of 16 bits are widened by an op of their own
      const Operator& op = graph_.operators[static_cast<std::size_t>(maker)];
      return op.op == Op::kDequantize ? constant(input_of(op, 0)) : std::nullopt;
    }
    if (!is_constant(graph_, tensor)) return std::nullopt;
    try {
      const std::vector<float> values = constant_floats(graph_, tensor);
      const auto smaller = [](float a, float b) { return std::abs(a) < std::abs(b); };
      return *std::ranges::max_element(values, smaller);
    } catch (const Error&) {
      return std::nullopt;  // integers: their input's scale tells more
    }
  }

  bool apply(const Operator& op, int at) {
    const bool data_first = input_of(op, 0) == at;
    const std::optional<double> value = constant(input_of(op, data_first ? 1 : 0));
    if (!value) return false;
    switch (op.op) {
      case Op::kMul:
        scale(*value);
        break;
      case Op::kDiv:
        if (!data_first || *value == 0.0) return false;
        scale(1.0 / *value);
        break;
      case Op::kAdd:
        affine_.offset += *value;
        break;
      case Op::kSub:
        if (!data_first) return false;
        affine_.offset -= *value;
        break;
      default:
        return false;
    }
    affine_.any = true;
    return true;
  }

  void scale(double factor) {
    affine_.factor *= factor;
    affine_.offset *= factor;
    largest_offset_ = std::max(largest_offset_, std::abs(affine_.offset / factor));
  }

  const Graph& graph_;
  GraphIndex index_;
  Affine affine_;
  double largest_offset_ = 0.0;  // of any step: an offset before the scaling is one of raw pixels
};

}  // namespace

std::string input_normalization(const Graph& graph) {
  if (graph.inputs.size() != 1) return {};
  Follower follower(graph);
  const Affine affine = follower.run();
  if (!affine.any) return {};
  if (std::abs(affine.factor) > kLargestRawFactor && follower.largest_offset() <= kSmallestRawOffset) return {};
  return fmt::format("the graph begins with x * {:.3g} {} {:.3g}, a normalization of raw pixels", affine.factor,
                     affine.offset < 0.0 ? '-' : '+', std::abs(affine.offset));
}

}  // namespace qbench::models
