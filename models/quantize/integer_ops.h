// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "models/graph.h"
#include "models/quantize/affine.h"

namespace qbench::models {

/// How an op's integer kernels in the 2.9 runtime treat the scales of their operands and results.
enum class ScaleRule {
  kFree,    ///< the result may have its own scale; the kernel rescales
  kSame,    ///< copies integers from the data operand: result and data must have the same scale
  kJoined,  ///< as kSame, for several data operands
  kFixed,   ///< the result has one scale that the kernel demands
  kIndex,   ///< the result is an index, not a quantized value
};

/// What is known of one op. Source: measured on the kernels of the 2.9 library.
struct IntegerOp {
  Op op = Op::kAdd;
  ScaleRule rule = ScaleRule::kFree;
  int int8_version = 1;
  int int16_version = 0;  ///< 0: no int16 kernel
  AffineParams int8_fixed{};
  AffineParams int16_fixed{};
};

/// nullptr: the op has no integer kernel that can be trusted, and stays in float.
[[nodiscard]] const IntegerOp* integer_op(Op op, ActivationType type) noexcept;

/// Version to write for an op with these operands.
[[nodiscard]] int integer_version(const Graph& graph, const Operator& op, const IntegerOp& entry, ActivationType type);

/// Positions of the operands that carry float activations (constants among them): all float32 ones but the weights and
/// bias of an op that has such.
[[nodiscard]] std::vector<std::size_t> activation_operands(const Graph& graph, const Operator& op);

}  // namespace qbench::models
