// SPDX-License-Identifier: Apache-2.0
// Internal to models/: what shapes, and integers computed from shapes, are for every batch size.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// factor, or factor x batch.
struct ShapeValue {
  std::int64_t factor = 0;
  bool times_batch = false;
  bool operator==(const ShapeValue&) const = default;
};
using ShapeValues = std::vector<ShapeValue>;
/// A dimension that RESHAPE is to find out itself.
inline constexpr ShapeValue kFree{-1, false};

/// Product of all; nothing when it has more than one batch in it or passes 2^31.
[[nodiscard]] std::optional<ShapeValue> product(const ShapeValues& values);
[[nodiscard]] bool any_batch(const ShapeValues& values);

/// Follows shapes and shape arithmetic through a graph, operator by operator. The batch is dimension 0 of every graph
/// input. Of an op that it does not know it takes what the file declares, where the signature leaves dimension 0 alone
/// open; what it cannot follow then it does not know.
class ShapeValuesTracer {
 public:
  explicit ShapeValuesTracer(const Graph& graph);

  /// Takes the operator in; to be called for each in the order of execution.
  void follow(const Operator& op);
  /// The same for a RESHAPE whose target has become known otherwise.
  void set_dims(int tensor, ShapeValues dims) { dims_[static_cast<std::size_t>(tensor)] = std::move(dims); }

  /// The dimensions of a tensor.
  [[nodiscard]] const std::optional<ShapeValues>& dims(int tensor) const {
    return dims_[static_cast<std::size_t>(tensor)];
  }
  /// The elements of an int32 or int64 tensor, in order: those of small constants and of what is computed from shapes.
  [[nodiscard]] std::optional<ShapeValues> values(int tensor) const;
  /// Whether the elements of this tensor were computed by operators that were followed.
  [[nodiscard]] bool computed(int tensor) const { return values_[static_cast<std::size_t>(tensor)].has_value(); }

 private:
  std::optional<ShapeValues> computed_values(const Operator& op) const;
  std::optional<ShapeValues> computed_dims(const Operator& op) const;
  std::optional<ShapeValues> joined(const Operator& op) const;
  std::optional<ShapeValues> gathered(const Operator& op) const;
  std::optional<ShapeValues> sliced(const Operator& op) const;
  std::optional<ShapeValues> strided(const Operator& op) const;
  std::optional<ShapeValues> multiplied(const Operator& op) const;
  std::optional<ShapeValues> summed(const Operator& op) const;

  std::optional<ShapeValues> dims_of_input(const Operator& op, std::size_t position) const;
  std::optional<ShapeValues> windowed_dims(const Operator& op) const;
  std::optional<ShapeValues> broadcast_dims(const Operator& op) const;
  std::optional<ShapeValues> product_dims(const Operator& op) const;
  std::optional<ShapeValues> reduced_dims(const Operator& op) const;
  std::optional<ShapeValues> reshaped_dims(const Operator& op) const;
  std::optional<ShapeValues> padded_dims(const Operator& op) const;
  std::optional<ShapeValues> concatenated_dims(const Operator& op) const;
  std::optional<ShapeValues> transposed_dims(const Operator& op) const;
  std::optional<ShapeValues> expanded_dims(const Operator& op) const;
  std::optional<ShapeValues> declared_dims(int tensor) const;
  std::optional<std::vector<std::int64_t>> constants(const Operator& op, std::size_t position) const;

  const Graph& graph_;
  std::vector<std::optional<ShapeValues>> dims_;    ///< by tensor
  std::vector<std::optional<ShapeValues>> values_;  ///< by tensor, of computed ones
};

/// The dimensions that a RESHAPE to `target` gives data of `elements` (unknown: nothing): a -1 in the target becomes
/// what is left. Nothing when that cannot be told.
[[nodiscard]] std::optional<ShapeValues> resolved_target(ShapeValues target, const std::optional<ShapeValue>& elements);

}  // namespace qbench::models
