// SPDX-License-Identifier: Apache-2.0
#include "datasets/usual_recipes.h"

#include <array>
#include <string>
#include <utility>

namespace qbench::datasets {

Recipe for_channels(Recipe recipe, int channels) {
  if (channels != 1 || recipe.colour == Recipe::Colour::kGray) return recipe;
  recipe.colour = Recipe::Colour::kGray;
  recipe.name += " (gray)";
  return recipe;
}

std::vector<Recipe> usual_recipes(int channels) {
  std::vector<Recipe> recipes;
  if (channels == 1) {
    for (const char* name : {"unit", "raw255", "tf", "torch-mnist", "half"}) {
      recipes.push_back(for_channels(named_recipe(name), channels));
    }
    return recipes;
  }
  constexpr std::array kValues{"unit", "raw255", "tf", "torch", "half", "caffe"};
  for (const char* ending : {"", "-bgr"}) {
    for (const char* name : kValues) {
      recipes.push_back(named_recipe(std::string(name) + ending));
    }
  }
  return recipes;
}

}  // namespace qbench::datasets
