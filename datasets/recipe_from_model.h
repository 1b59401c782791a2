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
  std::string normalization;  ///< how the graph itself normalizes raw pixels; empty: it does not
  int channels = 0;           ///< of the image; 0: the last dimension of an NHWC input
  int outputs = 0;            ///< length of the class scores
  int classes = 0;            ///< classes of the dataset; 0: unknown
};

struct DerivedRecipe {
  Recipe recipe;
  RecipeSource source = RecipeSource::kAssumed;
  std::string why;  ///< one sentence for the report
  [[nodiscard]] bool assumed() const noexcept { return source == RecipeSource::kAssumed; }
};

/// The recipe that the model itself asks for: its metadata, else the scale and zero point of an 8-bit input (which tell
/// the range of the values that it was calibrated on: the usual one that is nearest by ratio), else a normalization of
/// raw pixels that the graph begins with. Nothing of these: raw 0..255, marked as assumed, for whoever needs just any
/// values. One input channel means gray; label_offset is 1 for 1001 outputs and 1000 classes (ImageNet's background
/// class).
[[nodiscard]] DerivedRecipe derive_recipe(const ModelInputHints& hints);

}  // namespace qbench::datasets
