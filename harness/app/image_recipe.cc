// SPDX-License-Identifier: Apache-2.0
#include "harness/app/image_recipe.h"

#include <memory>
#include <utility>

#include "core/error.h"
#include "core/scratch_folder.h"
#include "harness/engine/process_end.h"
#include "harness/engine/run.h"
#include "harness/engine/worker_program.h"

namespace qbench::app {
namespace {

engine::Plan plan_of(const RecipeRequest& request) {
  engine::Plan plan;
  plan.batches = {1};
  plan.settings.latency = false;
  apply_limits(request.limits, plan.settings);
  for (const std::filesystem::path& model : request.models) {
    engine::CellPlan cell;
    cell.variant = model.stem().string();
    cell.model = model;
    cell.options = request.runner;
    cell.tensors = request.tensors;
    plan.cells.push_back(std::move(cell));
  }
  engine::name_cells(plan);
  return plan;
}

std::vector<CellRecord> settled_cells(const engine::Plan& plan, const datasets::Dataset* dataset,
                                      engine::Progress& progress) {
  const ScratchFolder scratch;
  engine::RunContext context{.folder = scratch.path(), .worker = engine::find_worker_executable(), .dataset = dataset};
  context.progress = &progress;
  return engine::settle_plan(plan, context);
}

/// Images of other classes than the model's serve for calibration, too; then they tell nothing about the recipe.
std::vector<CellRecord> settled_cells(const RecipeRequest& request, engine::Progress& progress) {
  const engine::Plan plan = plan_of(request);
  datasets::DatasetOptions all = request.dataset;
  all.limit = 0;
  const std::unique_ptr<datasets::Dataset> dataset = datasets::open_dataset(all);
  if (dataset->class_names().size() < 2) return settled_cells(plan, nullptr, progress);
  try {
    return settled_cells(plan, dataset.get(), progress);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kDataset) throw;
    return settled_cells(plan, nullptr, progress);
  }
}

}  // namespace

datasets::DerivedRecipe settled_recipe(const RecipeRequest& request, engine::Progress& progress) {
  const std::vector<CellRecord> cells = settled_cells(request, progress);
  for (const CellRecord& cell : cells) {
    if (!cell.lanes.empty() && !cell.lanes.front().outcome.ok()) {
      throw engine::error_of(cell.lanes.front().outcome, fmt::format("'{}' cannot be run", cell.id));
    }
    if (cell.recipe_source == RecipeSource::kAssumed) {
      throw Error(ErrorCode::kUsage,
                  "'{}': nothing says which values it wants ({}), and images that are not in folders of its classes "
                  "cannot tell; give --recipe unit (0 to 1), tf (-1 to 1), raw255 or another",
                  cell.id, cell.recipe_reason);
    }
    if (!same_values(cell.recipe, cells.front().recipe)) {
      throw Error(ErrorCode::kUsage, "'{}' wants {} ({}) and '{}' wants {} ({}); give --recipe", cells.front().id,
                  cells.front().recipe.name, cells.front().recipe_reason, cell.id, cell.recipe.name,
                  cell.recipe_reason);
    }
  }
  const CellRecord& first = cells.front();
  return {.recipe = first.recipe, .source = first.recipe_source, .why = first.recipe_reason};
}

}  // namespace qbench::app
