// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "core/classifier_view.h"
#include "datasets/open_dataset.h"
#include "datasets/recipe_from_model.h"
#include "harness/app/limit_flags.h"
#include "harness/engine/progress.h"
#include "runners/runner.h"

namespace qbench::app {

/// Models of one network and the images that they shall be fed with.
struct RecipeRequest {
  std::vector<std::filesystem::path> models;
  datasets::DatasetOptions dataset;
  runners::RunnerOptions runner;
  TensorChoice tensors;
  LimitFlags limits;  ///< of the workers
};

/// What `qbench run` would feed the first of these models with (engine/recipes.h): calibration and explanations must
/// not see other values than evaluation does. Images help to decide where their folders are the model's classes. Throws
/// Error(kUsage) with a question when nobody knows or the models want different values, and when a model cannot be
/// run what that says. Main thread only.
[[nodiscard]] datasets::DerivedRecipe settled_recipe(const RecipeRequest& request, engine::Progress& progress);

}  // namespace qbench::app
