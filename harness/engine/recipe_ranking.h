// SPDX-License-Identifier: Apache-2.0
// What the candidates of a trial are held against each other by; recipe_search.h draws the conclusions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/record.h"
#include "datasets/dataset.h"
#include "harness/engine/recipe_trial.h"

namespace qbench::engine {

/// From so many images on the order of colours is judged by how sure the model is.
inline constexpr std::size_t kFewestForColours = 48;

/// Share of `images` that it got right, in points.
[[nodiscard]] double points_of(const RecipeTrial::Candidate& candidate, std::size_t images);

/// The living candidates, right most often first; of equals the more usual one.
[[nodiscard]] std::vector<const RecipeTrial::Candidate*> ranked(RecipeTrial& trial);

/// Whether of two recipes that differ in the order of colours alone the first is clearly better: by the errors or,
/// where these do not tell, by how sure the model is of the right class.
[[nodiscard]] bool is_better_twin(const RecipeTrial::Candidate& a, const RecipeTrial::Candidate& b);

/// The images hold no colours: their order changes nothing.
[[nodiscard]] bool are_gray(const RecipeTrial::Candidate& a, const RecipeTrial::Candidate& twin);

/// Gives up those that are clearly worse than the best, and of twins the clearly worse one; returns how many are left.
std::size_t drop_the_worse(RecipeTrial& trial);

/// "in RGB order; of 192 images 189 are right in RGB and 188 in BGR": what is taken to be so where they do not tell.
[[nodiscard]] std::string colours_text(const RecipeTrial::Candidate& own, const RecipeTrial::Candidate& twin);

[[nodiscard]] RecipeTrialRecord record_of(RecipeTrial& trial);

/// "unit 88.3 %, torch 87.0 %; give --recipe unit or --recipe torch": the first three.
[[nodiscard]] std::string choices(const std::vector<const RecipeTrial::Candidate*>& order, std::size_t images);

/// Whether the images decide for the other order of the classes (Dataset::other_order()): the question, or "".
[[nodiscard]] std::string order_question(RecipeTrial& trial, const datasets::Dataset& dataset);

}  // namespace qbench::engine
