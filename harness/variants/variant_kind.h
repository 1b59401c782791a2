// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qbench::variants {

/// One member of the family that can be made of a float model.
struct VariantKind {
  enum class Kind { kFloat16, kDynamic, kWeightOnly, kInt8, kInt16x8, kPruned, kRounded };
  Kind kind = Kind::kFloat16;
  std::string name;  ///< as given; part of the file's name
  int percent = 0;   ///< kPruned: share of weights set to zero
  /// int8 weights with float activations: images, where there are any, correct the biases.
  [[nodiscard]] bool stores_weights() const noexcept { return kind == Kind::kDynamic || kind == Kind::kWeightOnly; }
  /// Single ops may stay in float.
  [[nodiscard]] bool can_keep_float() const noexcept { return needs_calibration() || stores_weights(); }
  [[nodiscard]] bool needs_calibration() const noexcept { return kind == Kind::kInt8 || kind == Kind::kInt16x8; }
};

/// "fp16", "dynamic", "weight-only", "int8", "int16x8", "pruned<percent>" (1 to 99), "rounded". Throws Error(kUsage)
/// with the list of names.
[[nodiscard]] VariantKind variant_kind(std::string_view name);

/// The same for a list; throws Error(kUsage) when one occurs twice or the list is empty.
[[nodiscard]] std::vector<VariantKind> variant_kinds(const std::vector<std::string>& names);

}  // namespace qbench::variants
