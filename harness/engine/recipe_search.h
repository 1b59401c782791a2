// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/recipe.h"
#include "core/record.h"
#include "datasets/recipe_from_model.h"
#include "harness/engine/recipe_trial.h"

namespace qbench::engine {

/// What labelled images said about a model's recipe.
struct RecipeAnswer {
  std::optional<Recipe> recipe;  ///< the one that is clearly best; absent: ask
  std::string why;               ///< one sentence with the figures
  std::string colours_assumed;   ///< the order of colours that the images left open, "in RGB order; ..."; empty: told
  std::string question;          ///< when absent: the candidates, their figures and the flag to type
  RecipeTrialRecord trial;
  Outcome outcome;  ///< not ok: the model could not be run, nothing was learned
};

/// Tries the usual recipes on labelled images, more and more of them, until one is clearly best: all others are right
/// significantly less often on the same images (metrics/best_of.h), or gave the same answer to every one of 200 images
/// and more, or are the best one's colours in the other order and as good on 200 images and more: then RGB is assumed,
/// and that is said. Colours are told apart by how sure the model is of the right class, too. Gives up after 2 seconds,
/// or when the images are used up; a slow model has 20 seconds for its first 256 images. A best that is right no more
/// often than guessing is no answer. `label_offset` goes into every candidate. Main thread only.
[[nodiscard]] RecipeAnswer find_recipe(const RecipeSubject& subject, const datasets::Dataset& dataset,
                                       int label_offset);

/// Holds a recipe that the model itself names against the usual ones on up to 192 images. No recipe in the answer:
/// another one is right far more often (significantly, and by 5 points), and the question says so. The order of
/// colours, which models hardly ever name, is found: the answer may be the same recipe in BGR. Takes a second at most,
/// but for a model of which 16 images take longer.
[[nodiscard]] RecipeAnswer check_recipe(const RecipeSubject& subject, const datasets::Dataset& dataset,
                                        const datasets::DerivedRecipe& known);

/// Holds the order of the classes against the images, fed with a given recipe; both functions above do so, too. Nothing
/// is asked where no other order is as likely (Dataset::other_order()).
[[nodiscard]] RecipeAnswer check_class_order(const RecipeSubject& subject, const datasets::Dataset& dataset,
                                             const Recipe& given);

}  // namespace qbench::engine
