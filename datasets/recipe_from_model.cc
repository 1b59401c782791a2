// SPDX-License-Identifier: Apache-2.0
#include "datasets/recipe_from_model.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "datasets/usual_recipes.h"

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

/// The values of a usual recipe, as a range.
struct UsualRange {
  const char* recipe;
  InputRange range;
};

/// Values from zero on, and values on both sides of it. ImageNet's deviations reach from about (0 - 123.7) / 58.4 to
/// (255 - 103.5) / 57.4.
constexpr std::array kFromZero{UsualRange{"raw255", {0.0, 255.0}}, UsualRange{"unit", {0.0, 1.0}}};
constexpr std::array kBothSides{UsualRange{"half", {-0.5, 0.5}}, UsualRange{"tf", {-1.0, 1.0}},
                                UsualRange{"torch", {-2.12, 2.64}}, UsualRange{"caffe", {-123.7, 151.1}}};

/// Calibration may have cut the ends or left room above them: the nearest by the ratio of the widths, within this.
constexpr double kFarthestRatio = 2.5;
/// A range that begins this close to zero begins there: a zero point may be half a step off.
constexpr double kZeroShare = 0.05;

template <std::size_t kCount>
const char* nearest_recipe(const std::array<UsualRange, kCount>& usual, const InputRange& range) {
  const char* nearest = nullptr;
  double best = std::log(kFarthestRatio);
  for (const UsualRange& candidate : usual) {
    const double ratio = (range.high - range.low) / (candidate.range.high - candidate.range.low);
    const double distance = std::abs(std::log(ratio));
    if (distance >= best) continue;
    best = distance;
    nearest = candidate.recipe;
  }
  return nearest;
}

/// The name of the usual recipe with such values, or null.
const char* usual_recipe(const InputRange& range) {
  const double width = range.high - range.low;
  if (range.low >= -kZeroShare * width && range.low <= kZeroShare * width) return nearest_recipe(kFromZero, range);
  // Zero lies well inside; an input calibrated on dark or bright images alone is nobody's usual range.
  constexpr double kInside = 0.25;
  if (-range.low < kInside * width || range.high < kInside * width) return nullptr;
  return nearest_recipe(kBothSides, range);
}

DerivedRecipe from_metadata(const ModelInputHints& hints) {
  DerivedRecipe derived{.recipe = {}, .source = RecipeSource::kMetadata, .why = {}};
  derived.recipe.mean = *hints.mean;
  derived.recipe.std = *hints.std;
  derived.recipe.name = "metadata";
  for (const Recipe& known : known_recipes()) {
    if (known.resize != Recipe::Resize::kStretch || !same_values(known, derived.recipe)) continue;
    derived.recipe = known;
    break;
  }
  derived.why = fmt::format("the model's metadata says mean {:g} {:g} {:g}, std {:g} {:g} {:g}", (*hints.mean)[0],
                            (*hints.mean)[1], (*hints.mean)[2], (*hints.std)[0], (*hints.std)[1], (*hints.std)[2]);
  return derived;
}

/// What the parameters of an integer input tell; nothing when their range is no usual one.
std::optional<DerivedRecipe> from_quantization(const TensorSpec& input) {
  const InputRange range = input_range(input);
  const char* name = usual_recipe(range);
  if (name == nullptr) return std::nullopt;
  return DerivedRecipe{
      .recipe = named_recipe(name),
      .source = RecipeSource::kQuantization,
      .why = fmt::format("the {} input's scale {:g} and zero point {} mean values from {:.4g} to {:.4g}",
                         dtype_name(input.dtype), input.quantization.scale, input.quantization.zero_point, range.low,
                         range.high)};
}

/// What the model says of itself, the surest first.
DerivedRecipe from_model(const ModelInputHints& hints) {
  const TensorSpec& input = hints.input;
  if (hints.mean && hints.std) return from_metadata(hints);
  const bool eight_bit = input.dtype == DType::kInt8 || input.dtype == DType::kUint8;
  if (eight_bit && input.quantization.is_quantized()) {
    if (std::optional<DerivedRecipe> derived = from_quantization(input)) return *std::move(derived);
  }
  if (!hints.normalization.empty()) {
    return {.recipe = named_recipe("raw255"), .source = RecipeSource::kGraph, .why = hints.normalization};
  }
  return {.recipe = named_recipe("raw255"),
          .source = RecipeSource::kAssumed,
          .why = fmt::format("the {} input says nothing usual about its values; raw 0..255 is assumed",
                             dtype_name(input.dtype))};
}

}  // namespace

DerivedRecipe derive_recipe(const ModelInputHints& hints) {
  DerivedRecipe derived = from_model(hints);
  // Below, the recipe leaves the named one, so that it must not keep its plain name.
  const int last = hints.input.shape.size() == 4 ? hints.input.shape.back() : 0;
  derived.recipe = for_channels(derived.recipe, hints.channels > 0 ? hints.channels : last);
  // One output more than classes is a class without images, but for the 1001 outputs of ImageNet.
  constexpr int kImagenetClasses = 1000;
  if (hints.classes == kImagenetClasses && hints.outputs == hints.classes + 1) {
    derived.recipe.label_offset = 1;
    derived.recipe.name += " (label offset 1)";
    derived.why += fmt::format("; {} outputs for {} classes: output 0 is the background", hints.outputs, hints.classes);
  }
  return derived;
}

}  // namespace qbench::datasets
