// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

/// How an image file becomes the model's input tensor. Two halves: *pixels* (decode, orient, resize, crop, colour:
/// gives uint8 NHWC, cached once for all variants) and *values* (mean, std: value = (pixel - mean[c]) / std[c]).
struct Recipe {
  enum class Resize {
    kStretch,    ///< resize to exactly the input size, ignoring the aspect ratio
    kShortSide,  ///< resize so that the short side is the input size / crop_fraction, then centre crop
    kNone,       ///< the image must already have the input size
  };
  enum class Interpolation { kNearest, kBilinear, kArea, kBicubic };
  enum class Colour { kRgb, kBgr, kGray };

  std::string name = "raw255";
  Resize resize = Resize::kStretch;
  Interpolation interpolation = Interpolation::kBilinear;
  double crop_fraction = 1.0;  ///< with kShortSide: input side / short side before the centre crop, in (0, 1]
  Colour colour = Colour::kRgb;
  bool apply_exif = true;  ///< rotate by the EXIF orientation
  std::array<double, 3> mean{0.0, 0.0, 0.0};
  std::array<double, 3> std{1.0, 1.0, 1.0};
  /// Output index of class 0: 1 for ImageNet models with a background class.
  int label_offset = 0;

  bool operator==(const Recipe&) const = default;
};

/// Where a cell's recipe comes from; earlier ones win over later ones.
enum class RecipeSource {
  kGiven,         ///< by the user
  kMetadata,      ///< the model's metadata say mean and std
  kQuantization,  ///< the scale and zero point of an integer input
  kSibling,       ///< another model of the same network in the plan knows
  kGraph,         ///< the graph begins with a normalization of raw pixels
  kFound,         ///< the usual recipes were tried on labelled images and one is clearly best
  kAssumed,       ///< nothing says so: never a ground for accuracy
};
[[nodiscard]] std::string_view recipe_source_name(RecipeSource source) noexcept;
/// Throws Error(kConfig) for another word.
[[nodiscard]] RecipeSource recipe_source_from(std::string_view name);

/// Recipes known by name: raw255, unit, tf, torch-imagenet, caffe-imagenet, ... An ending "-bgr" swaps the colours,
/// "-crop" takes the centre crop of ImageNet evaluations: "unit-bgr", "tf-crop". Throws Error(kConfig) with the nearest
/// name.
[[nodiscard]] Recipe named_recipe(std::string_view name);
[[nodiscard]] const std::vector<Recipe>& known_recipes();

/// JSON object with every field; key order fixed, so that its SHA-256 identifies the recipe.
[[nodiscard]] nlohmann::json to_json(const Recipe& recipe);
/// Accepts a name (string) or an object; a missing field has its default, or that of the recipe named by "base".
/// Throws Error(kConfig) on an unknown key (with the nearest one), a wrong type or a value out of range.
[[nodiscard]] Recipe recipe_from_json(const nlohmann::json& json);

/// SHA-256 of everything that changes the tensor's values or the labels (all fields but the name).
[[nodiscard]] std::string recipe_sha256(const Recipe& recipe);
/// Whether both give the tensor the same values from the same pixels: mean and std as float32, as metadata hold them,
/// and the order of colours.
[[nodiscard]] bool same_values(const Recipe& a, const Recipe& b) noexcept;
/// Whether they differ in nothing of that but the order of colours, RGB and BGR.
[[nodiscard]] bool mirrored_colours(const Recipe& a, const Recipe& b) noexcept;
/// Two recipes with the same pixel key share one cache of uint8 pixels.
[[nodiscard]] std::string recipe_pixel_key(const Recipe& recipe);

}  // namespace qbench
