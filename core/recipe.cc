// SPDX-License-Identifier: Apache-2.0
#include "core/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "core/assert.h"
#include "core/error.h"
#include "core/nearest.h"
#include "core/sha256.h"

namespace qbench {
namespace {

using nlohmann::json;

template <typename Value>
struct Choice {
  std::string_view name;
  Value value;
};

constexpr std::array kResizes{Choice<Recipe::Resize>{"stretch", Recipe::Resize::kStretch},
                              Choice<Recipe::Resize>{"short-side", Recipe::Resize::kShortSide},
                              Choice<Recipe::Resize>{"none", Recipe::Resize::kNone}};
constexpr std::array kInterpolations{Choice<Recipe::Interpolation>{"nearest", Recipe::Interpolation::kNearest},
                                     Choice<Recipe::Interpolation>{"bilinear", Recipe::Interpolation::kBilinear},
                                     Choice<Recipe::Interpolation>{"area", Recipe::Interpolation::kArea},
                                     Choice<Recipe::Interpolation>{"bicubic", Recipe::Interpolation::kBicubic}};
constexpr std::array kColours{Choice<Recipe::Colour>{"rgb", Recipe::Colour::kRgb},
                              Choice<Recipe::Colour>{"bgr", Recipe::Colour::kBgr},
                              Choice<Recipe::Colour>{"gray", Recipe::Colour::kGray}};
constexpr std::array kSources{Choice<RecipeSource>{"given", RecipeSource::kGiven},
                              Choice<RecipeSource>{"metadata", RecipeSource::kMetadata},
                              Choice<RecipeSource>{"quantization", RecipeSource::kQuantization},
                              Choice<RecipeSource>{"sibling", RecipeSource::kSibling},
                              Choice<RecipeSource>{"graph", RecipeSource::kGraph},
                              Choice<RecipeSource>{"found", RecipeSource::kFound},
                              Choice<RecipeSource>{"assumed", RecipeSource::kAssumed}};
constexpr int kMaxLabelOffset = 1000;
constexpr double kImagenetCrop = 0.875;
constexpr std::string_view kBgrEnding = "-bgr";
constexpr std::string_view kCropEnding = "-crop";

template <typename Value, std::size_t kCount>
std::string_view choice_name(const std::array<Choice<Value>, kCount>& choices, Value value) {
  for (const Choice<Value>& choice : choices) {
    if (choice.value == value) return choice.name;
  }
  QBENCH_ASSERT(false);
  return {};
}

template <typename Value, std::size_t kCount>
Value parse_choice(std::string_view key, const json& value, const std::array<Choice<Value>, kCount>& choices) {
  if (!value.is_string()) throw Error(ErrorCode::kConfig, "recipe: '{}' must be a text", key);
  const std::string& word = value.get_ref<const std::string&>();
  std::vector<std::string> names;
  for (const Choice<Value>& choice : choices) {
    if (choice.name == word) return choice.value;
    names.emplace_back(choice.name);
  }
  throw Error(ErrorCode::kConfig, "recipe: '{}' cannot be '{}'{}", key, word, nearest_hint(word, names));
}

double parse_number(std::string_view key, const json& value) {
  if (!value.is_number()) throw Error(ErrorCode::kConfig, "recipe: '{}' must be a number", key);
  const double number = value.get<double>();
  if (!std::isfinite(number)) throw Error(ErrorCode::kConfig, "recipe: '{}' must be a finite number", key);
  return number;
}

/// One number for all channels, or three.
std::array<double, 3> parse_channels(std::string_view key, const json& value) {
  if (value.is_number()) {
    const double number = parse_number(key, value);
    return {number, number, number};
  }
  if (!value.is_array() || value.size() != 3) {
    throw Error(ErrorCode::kConfig, "recipe: '{}' must be a number or a list of 3 numbers, one a channel", key);
  }
  std::array<double, 3> channels{};
  for (std::size_t c = 0; c < channels.size(); ++c) channels[c] = parse_number(key, value[c]);
  return channels;
}

double parse_crop_fraction(const json& value) {
  const double fraction = parse_number("crop_fraction", value);
  if (fraction < 0.01 || fraction > 1.0) {
    throw Error(ErrorCode::kConfig, "recipe: 'crop_fraction' is {}, it must be from 0.01 to 1", fraction);
  }
  return fraction;
}

std::array<double, 3> parse_std(const json& value) {
  const std::array<double, 3> channels = parse_channels("std", value);
  for (const double channel : channels) {
    if (channel <= 0.0) throw Error(ErrorCode::kConfig, "recipe: 'std' is {}, it must be above 0", channel);
  }
  return channels;
}

int parse_label_offset(const json& value) {
  if (!value.is_number_integer()) throw Error(ErrorCode::kConfig, "recipe: 'label_offset' must be a whole number");
  // Compared as a double: a huge unsigned number must not wrap into the allowed range.
  const double offset = value.get<double>();
  if (std::abs(offset) > kMaxLabelOffset) {
    throw Error(ErrorCode::kConfig, "recipe: 'label_offset' is {}, it must be from -{} to {}", value.dump(),
                kMaxLabelOffset, kMaxLabelOffset);
  }
  return static_cast<int>(offset);
}

bool parse_bool(std::string_view key, const json& value) {
  if (!value.is_boolean()) throw Error(ErrorCode::kConfig, "recipe: '{}' must be true or false", key);
  return value.get<bool>();
}

const std::string& parse_text(std::string_view key, const json& value) {
  if (!value.is_string()) throw Error(ErrorCode::kConfig, "recipe: '{}' must be a text", key);
  return value.get_ref<const std::string&>();
}

struct Field {
  std::string_view key;
  void (*parse)(Recipe& recipe, const json& value);
};

constexpr std::array kFields{
    Field{"name", [](Recipe& r, const json& v) { r.name = parse_text("name", v); }},
    Field{"resize", [](Recipe& r, const json& v) { r.resize = parse_choice("resize", v, kResizes); }},
    Field{"interpolation",
          [](Recipe& r, const json& v) { r.interpolation = parse_choice("interpolation", v, kInterpolations); }},
    Field{"crop_fraction", [](Recipe& r, const json& v) { r.crop_fraction = parse_crop_fraction(v); }},
    Field{"colour", [](Recipe& r, const json& v) { r.colour = parse_choice("colour", v, kColours); }},
    Field{"apply_exif", [](Recipe& r, const json& v) { r.apply_exif = parse_bool("apply_exif", v); }},
    Field{"mean", [](Recipe& r, const json& v) { r.mean = parse_channels("mean", v); }},
    Field{"std", [](Recipe& r, const json& v) { r.std = parse_std(v); }},
    Field{"label_offset", [](Recipe& r, const json& v) { r.label_offset = parse_label_offset(v); }},
};
constexpr std::string_view kBaseKey = "base";

const Field& find_field(std::string_view key) {
  std::vector<std::string> keys{std::string(kBaseKey)};
  for (const Field& field : kFields) {
    if (field.key == key) return field;
    keys.emplace_back(field.key);
  }
  throw Error(ErrorCode::kConfig, "recipe: unknown key '{}'{}", key, nearest_hint(key, keys));
}

Recipe values(std::string name, double mean, double std) {
  Recipe recipe;
  recipe.name = std::move(name);
  recipe.mean.fill(mean);
  recipe.std.fill(std);
  return recipe;
}

/// The usual ImageNet evaluation crop: short side 256 for a 224 input, then the centre.
Recipe cropped(std::string name, Recipe recipe) {
  recipe.name = std::move(name);
  recipe.resize = Recipe::Resize::kShortSide;
  recipe.crop_fraction = kImagenetCrop;
  return recipe;
}

/// The same values for the other order of colours.
Recipe in_bgr(std::string name, Recipe recipe) {
  recipe.name = std::move(name);
  recipe.colour = Recipe::Colour::kBgr;
  std::swap(recipe.mean[0], recipe.mean[2]);
  std::swap(recipe.std[0], recipe.std[2]);
  return recipe;
}

Recipe torch_values() {
  Recipe recipe = values("torch", 0.0, 1.0);
  recipe.mean = {123.675, 116.28, 103.53};  // 255 * (0.485, 0.456, 0.406)
  recipe.std = {58.395, 57.12, 57.375};     // 255 * (0.229, 0.224, 0.225)
  return recipe;
}

/// ImageNet's mean colour taken away, the step of old Caffe and VGG networks.
Recipe caffe_values() {
  Recipe recipe = values("caffe", 0.0, 1.0);
  recipe.mean = {123.68, 116.779, 103.939};
  return recipe;
}

Recipe efficientnet_lite() {
  Recipe recipe = cropped("efficientnet-lite", values("", 127.0, 128.0));
  recipe.interpolation = Recipe::Interpolation::kBicubic;
  return recipe;
}

Recipe tf_imagenet_1001() {
  Recipe recipe = cropped("tf-imagenet-1001", values("", 127.5, 127.5));
  recipe.label_offset = 1;
  return recipe;
}

Recipe gray(Recipe recipe) {
  recipe.colour = Recipe::Colour::kGray;
  return recipe;
}

/// (x / 255 - 0.1307) / 0.3081: the mean and deviation of MNIST, as PyTorch's example has them.
Recipe mnist_values() { return gray(values("torch-mnist", 33.3285, 78.5655)); }

const Recipe* find_known(std::string_view name) {
  for (const Recipe& recipe : known_recipes()) {
    if (recipe.name == name) return &recipe;
  }
  return nullptr;
}

/// A known name with endings; nothing when the name before them is not known or is not in colour.
std::optional<Recipe> with_endings(std::string_view name) {
  if (const Recipe* known = find_known(name); known != nullptr) return *known;
  if (name.ends_with(kCropEnding)) {
    const std::optional<Recipe> base = with_endings(name.substr(0, name.size() - kCropEnding.size()));
    if (base && base->resize == Recipe::Resize::kStretch) return cropped(std::string(name), *base);
  }
  if (name.ends_with(kBgrEnding)) {
    const std::optional<Recipe> base = with_endings(name.substr(0, name.size() - kBgrEnding.size()));
    if (base && base->colour == Recipe::Colour::kRgb) return in_bgr(std::string(name), *base);
  }
  return std::nullopt;
}

}  // namespace

const std::vector<Recipe>& known_recipes() {
  static const std::vector<Recipe> recipes{
      values("raw255", 0.0, 1.0),
      values("unit", 0.0, 255.0),
      values("tf", 127.5, 127.5),
      torch_values(),
      values("half", 127.5, 255.0),
      caffe_values(),
      gray(values("gray-unit", 0.0, 255.0)),
      mnist_values(),
      cropped("raw255-imagenet", values("", 0.0, 1.0)),
      cropped("tf-imagenet", values("", 127.5, 127.5)),
      tf_imagenet_1001(),
      cropped("torch-imagenet", torch_values()),
      efficientnet_lite(),
      in_bgr("caffe-imagenet", cropped("", caffe_values())),
  };
  return recipes;
}

Recipe named_recipe(std::string_view name) {
  if (std::optional<Recipe> recipe = with_endings(name)) return *std::move(recipe);
  std::vector<std::string> names;
  for (const Recipe& recipe : known_recipes()) names.push_back(recipe.name);
  throw Error(ErrorCode::kConfig, "unknown recipe '{}'{}", name, nearest_hint(name, names));
}

json to_json(const Recipe& recipe) {
  return {{"name", recipe.name},
          {"resize", choice_name(kResizes, recipe.resize)},
          {"interpolation", choice_name(kInterpolations, recipe.interpolation)},
          {"crop_fraction", recipe.crop_fraction},
          {"colour", choice_name(kColours, recipe.colour)},
          {"apply_exif", recipe.apply_exif},
          {"mean", recipe.mean},
          {"std", recipe.std},
          {"label_offset", recipe.label_offset}};
}

Recipe recipe_from_json(const json& json) {
  if (json.is_string()) return named_recipe(json.get_ref<const std::string&>());
  if (!json.is_object()) throw Error(ErrorCode::kConfig, "a recipe must be a name or an object");
  Recipe recipe;
  const auto base = json.find(kBaseKey);
  if (base != json.end()) recipe = named_recipe(parse_text(kBaseKey, *base));
  // A recipe that differs from a named one must not go under that name.
  if (base == json.end()) recipe.name = "custom";
  if (base != json.end() && json.size() > 1) recipe.name += " (changed)";
  for (const auto& [key, value] : json.items()) {
    if (key != kBaseKey) find_field(key).parse(recipe, value);
  }
  return recipe;
}

std::string recipe_sha256(const Recipe& recipe) {
  json json = to_json(recipe);
  json.erase("name");
  return sha256_hex(json.dump());
}

bool same_values(const Recipe& a, const Recipe& b) noexcept {
  const auto same = [](double x, double y) { return static_cast<float>(x) == static_cast<float>(y); };
  return std::ranges::equal(a.mean, b.mean, same) && std::ranges::equal(a.std, b.std, same) && a.colour == b.colour;
}

bool mirrored_colours(const Recipe& a, const Recipe& b) noexcept {
  if (a.colour == b.colour || a.colour == Recipe::Colour::kGray || b.colour == Recipe::Colour::kGray) return false;
  Recipe mirror = b;
  mirror.colour = a.colour;
  std::swap(mirror.mean[0], mirror.mean[2]);
  std::swap(mirror.std[0], mirror.std[2]);
  return same_values(a, mirror);
}

std::string_view recipe_source_name(RecipeSource source) noexcept { return choice_name(kSources, source); }

RecipeSource recipe_source_from(std::string_view name) {
  for (const Choice<RecipeSource>& choice : kSources) {
    if (choice.name == name) return choice.value;
  }
  throw Error(ErrorCode::kConfig, "a recipe cannot come from '{}'", name);
}

std::string recipe_pixel_key(const Recipe& recipe) {
  // The crop fraction only acts together with the crop.
  const double crop = recipe.resize == Recipe::Resize::kShortSide ? recipe.crop_fraction : 1.0;
  return fmt::format("{}/{}/{}/{}/{}", choice_name(kResizes, recipe.resize),
                     choice_name(kInterpolations, recipe.interpolation), crop, choice_name(kColours, recipe.colour),
                     recipe.apply_exif ? "exif" : "no-exif");
}

}  // namespace qbench
