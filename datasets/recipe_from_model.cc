// SPDX-License-Identifier: Apache-2.0
#include "datasets/recipe_from_model.h"

#include <fmt/format.h>

#include <cmath>

namespace qbench::datasets {
namespace {

struct InputRange {
  double low = 0.0;
  double high = 0.0;
};

/// The real values that a quantized 8-bit input can hold.
InputRange input_range(const TensorSpec& input) {
  const double scale = input.quantization.scale;
  const int lowest = input.dtype == DType::kInt8 ? -128 : 0;
  const int highest = input.dtype == DType::kInt8 ? 127 : 255;
  return {.low = scale * (lowest - input.quantization.zero_point),
          .high = scale * (highest - input.quantization.zero_point)};
}

/// Equal to a tenth of the whole range: a zero point may be half a step off, calibration may have cut the ends.
bool near(const InputRange& range, double low, double high) {
  const double tolerance = 0.1 * (high - low);
  return std::abs(range.low - low) <= tolerance && std::abs(range.high - high) <= tolerance;
}

DerivedRecipe from_metadata(const ModelInputHints& hints) {
  DerivedRecipe derived;
  derived.recipe.mean = *hints.mean;
  derived.recipe.std = *hints.std;
  derived.recipe.name = "metadata";
  for (const Recipe& known : known_recipes()) {
    if (known.resize == Recipe::Resize::kStretch && known.mean == derived.recipe.mean &&
        known.std == derived.recipe.std && known.colour == derived.recipe.colour) {
      derived.recipe.name = known.name;
      break;
    }
  }
  derived.why = fmt::format("the model's metadata says mean {:g} {:g} {:g}, std {:g} {:g} {:g}", (*hints.mean)[0],
                            (*hints.mean)[1], (*hints.mean)[2], (*hints.std)[0], (*hints.std)[1], (*hints.std)[2]);
  return derived;
}

DerivedRecipe from_quantization(const TensorSpec& input) {
  const InputRange range = input_range(input);
  const std::string said = fmt::format("the {} input's scale {:g} and zero point {} mean values from {:.4g} to {:.4g}",
                                       dtype_name(input.dtype), input.quantization.scale, input.quantization.zero_point,
                                       range.low, range.high);
  if (near(range, 0.0, 255.0)) return {.recipe = named_recipe("raw255"), .why = said};
  if (near(range, 0.0, 1.0)) return {.recipe = named_recipe("unit"), .why = said};
  if (near(range, -1.0, 1.0)) return {.recipe = named_recipe("tf"), .why = said};
  // About (0 - mean) / std .. (255 - mean) / std of the usual ImageNet constants.
  if (near(range, -2.12, 2.64)) return {.recipe = named_recipe("torch"), .why = said};
  return {.recipe = named_recipe("raw255"),
          .why = said + ", which fits no usual recipe; raw 0..255 is assumed",
          .assumed = true};
}

}  // namespace

DerivedRecipe derive_recipe(const ModelInputHints& hints) {
  const bool eight_bit = hints.input.dtype == DType::kInt8 || hints.input.dtype == DType::kUint8;
  DerivedRecipe derived;
  if (hints.mean && hints.std) {
    derived = from_metadata(hints);
  } else if (eight_bit && hints.input.quantization.is_quantized()) {
    derived = from_quantization(hints.input);
  } else {
    derived = {.recipe = named_recipe("raw255"),
               .why = fmt::format("the {} input says nothing about its values; raw 0..255 is assumed",
                                  dtype_name(hints.input.dtype)),
               .assumed = true};
  }
  // Below, the recipe leaves the named one, so that it must not keep its plain name.
  if (hints.input.shape.size() == 4 && hints.input.shape.back() == 1) {
    derived.recipe.colour = Recipe::Colour::kGray;
    derived.recipe.name += " (gray)";
  }
  if (hints.classes > 0 && hints.outputs == hints.classes + 1) {
    derived.recipe.label_offset = 1;
    derived.recipe.name += " (label offset 1)";
    derived.why += fmt::format("; {} outputs for {} classes: output 0 is the background", hints.outputs, hints.classes);
  }
  return derived;
}

}  // namespace qbench::datasets
