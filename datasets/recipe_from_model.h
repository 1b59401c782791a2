// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>

#include "core/recipe.h"
#include "core/tensor_spec.h"

namespace qbench::datasets {

/// What a model tells about its preprocessing.
struct ModelInputHints {
  TensorSpec input;
  std::optional<std::array<double, 3>> mean;  ///< from the model's metadata; used only together with std
  std::optional<std::array<double, 3>> std;
  int outputs = 0;  ///< length of the class scores
  int classes = 0;  ///< classes of the dataset; 0: unknown
};

struct DerivedRecipe {
  Recipe recipe;
  std::string why;       ///< one sentence for the report
  bool assumed = false;  ///< nothing in the model supports it: the accuracy must be looked at with suspicion
};

/// The recipe that the model itself asks for: metadata wins, then the input's quantization parameters (the input's
/// range tells which values the model was calibrated on), else raw 0..255, marked as assumed. One input channel means
/// gray; label_offset is 1 when the model has one output more than the dataset has classes (a background class).
[[nodiscard]] DerivedRecipe derive_recipe(const ModelInputHints& hints);

}  // namespace qbench::datasets
