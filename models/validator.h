// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

enum class Severity {
  kFatal,         ///< may kill or corrupt the runtime's process
  kWrongNumbers,  ///< runs without an error and gives wrong results
  kNoKernel,      ///< the 2.9 runtime has no kernel for it and says so
  kWarning,       ///< worth a line: a runtime may refuse it, or run it slowly
};

/// One line about one op or tensor, which it names.
struct Finding {
  Severity severity = Severity::kFatal;
  std::string message;
};

struct ValidationLimits {
  /// Sum over all activations, batch as declared.
  std::int64_t max_activation_bytes = std::int64_t{2} << 30;
  /// Strides, dilations, filter sides and depth multipliers are 1 .. this.
  int max_window = 256;
};

/// Judges a graph before a runtime sees it, because runtimes trust files: indices, byte sizes, quantization and types
/// of tensors; producers of operands and outputs; and for each op that has a rule its operand roles, option ranges and
/// the output shape recomputed from them (the accelerated path believes the declared one). An op without a rule gets a
/// warning. One fatal finding for each op or tensor at most; in the order of the file. Never throws for a graph that
/// read_tflite() returned.
[[nodiscard]] std::vector<Finding> validate(const Graph& graph, const ValidationLimits& limits = {});

/// Throws Error(kModel) "<name>: <first fatal finding>" when there is one.
void require_valid(const Graph& graph, std::string_view name);
/// The same, and Error(kUnsupported) for what would run without an error and give wrong results.
void require_right(const Graph& graph, std::string_view name);

}  // namespace qbench::models
