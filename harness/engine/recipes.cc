// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/recipes.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string>
#include <utility>

#include "core/error.h"
#include "harness/engine/description.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/recipe_search.h"

namespace qbench::engine {
namespace {

constexpr double kSameMacs = 0.01;
constexpr std::string_view kColoursAssumed = "assumed: the colours ";

/// Variants of one network: the same pixels in, as many scores out, and the same work within a percent.
bool same_network(const CellState& a, const CellState& b) {
  if (a.shape != b.shape || a.output_count() != b.output_count()) return false;
  const auto more = static_cast<double>(std::max(a.record.model.macs, b.record.model.macs));
  return std::abs(static_cast<double>(a.record.model.macs - b.record.model.macs)) <= kSameMacs * more;
}

/// Sources that know more than the graph alone tells.
bool knows(RecipeSource source) { return source < RecipeSource::kSibling; }

class Settler {
 public:
  Settler(std::vector<CellState>& cells, RunState& run, const datasets::Dataset* dataset)
      : run_(run), dataset_(dataset) {
    for (CellState& cell : cells) {
      if (cell.described()) cells_.push_back(&cell);
    }
  }

  void run() {
    derive();
    ask_siblings();
    require_a_fit();
    if (dataset_ == nullptr || !run_.plan.settings.accuracy) return;
    for (CellState* cell : cells_) settle_on_images(*cell);
    tell_differences();
  }

 private:
  void derive() {
    const int classes = dataset_ != nullptr ? static_cast<int>(dataset_->class_names().size()) : 0;
    for (CellState* cell : cells_) {
      if (cell->plan->recipe) {
        take(*cell, {.recipe = *cell->plan->recipe, .source = RecipeSource::kGiven, .why = "given"});
      } else {
        take(*cell, model_recipe(*cell, classes));
      }
    }
  }

  static void take(CellState& cell, const datasets::DerivedRecipe& derived) {
    cell.record.recipe = derived.recipe;
    cell.record.recipe_source = derived.source;
    cell.record.recipe_reason = derived.why;
  }

  /// A normalization inside the graph that a sibling contradicts is no knowledge: the images decide.
  void ask_siblings() {
    for (CellState* cell : cells_) {
      CellRecord& record = cell->record;
      if (knows(record.recipe_source)) continue;
      const auto known = std::ranges::find_if(cells_, [&](const CellState* other) {
        return knows(other->record.recipe_source) && same_network(*cell, *other);
      });
      if (known == cells_.end()) continue;
      const CellRecord& sibling = (*known)->record;
      if (record.recipe_source == RecipeSource::kGraph && !same_values(record.recipe, sibling.recipe)) {
        record.recipe_source = RecipeSource::kAssumed;
        continue;
      }
      take(*cell, {.recipe = sibling.recipe,
                   .source = RecipeSource::kSibling,
                   .why = fmt::format("as '{}', a model of the same network: {}", sibling.id, sibling.recipe_reason)});
    }
  }

  /// Throws when not one cell can be evaluated: the dataset is the wrong one, and hours would be wasted.
  void require_a_fit() {
    if (dataset_ == nullptr) return;
    Outcome mismatch;
    bool any_fits = false;
    for (CellState* cell : cells_) {
      const Outcome fit = check_class_count(*cell, *dataset_);
      any_fits = any_fits || fit.ok();
      if (!fit.ok()) mismatch = fit;
    }
    if (!mismatch.ok() && !any_fits) throw Error(ErrorCode::kDataset, "{}", mismatch.reason);
  }

  void settle_on_images(CellState& cell) {
    const bool given = cell.record.recipe_source == RecipeSource::kGiven;
    if (!cell.fits_dataset || interrupted() || (given && dataset_->other_order().empty())) return;
    if (!given && (take_from_log(cell) || take_from_sibling(cell))) return;
    run_.progress.begin(fmt::format("recipe, {}", cell.record.id), 1);
    const RecipeAnswer answer = ask_images(cell);
    run_.progress.end();
    if (!answer.outcome.ok()) return give_up(cell, answer.outcome);
    if (given && answer.recipe) return;
    if (!answer.recipe) throw Error(ErrorCode::kUsage, "'{}': {}", cell.record.id, answer.question);
    cell.record.recipe_trial = answer.trial;
    if (!answer.colours_assumed.empty()) {
      cell.record.warnings.push_back(fmt::format("{}{}", kColoursAssumed, answer.colours_assumed));
      run_.progress.note(cell.record.id + ": " + cell.record.warnings.back());
    }
    const bool other_colours = !given && !same_values(*answer.recipe, cell.record.recipe);
    if (cell.record.recipe_source == RecipeSource::kAssumed || other_colours) {
      take(cell, {.recipe = *answer.recipe, .source = RecipeSource::kFound, .why = answer.why});
      run_.progress.note(fmt::format("{}: recipe {}, {}", cell.record.id, cell.record.recipe.name, answer.why));
    }
    CellRecord logged = cell.record;
    std::erase_if(logged.warnings, [](const std::string& line) { return !line.starts_with(kColoursAssumed); });
    run_.log.append_recipe(logged, recipe_binding(run_, cell));
  }

  /// A model that could not be run is not evaluated with values that nobody knows it wants.
  void give_up(CellState& cell, const Outcome& outcome) {
    if (cell.record.recipe_source != RecipeSource::kAssumed || outcome.status == Status::kCancelled) return;
    cell.fits_dataset = false;
    cell.record.accuracy = AccuracyRecord();
    cell.record.accuracy->outcome = outcome;
    run_.note_failure(cell, outcome, ", recipe");
  }

  RecipeAnswer ask_images(CellState& cell) {
    cell.loaded.reset();  // one process of a model at a time: a device may serve no more
    const CellRecord& record = cell.record;
    const RecipeSubject subject{
        .cell = record.id, .context = run_.lane_context(*cell.plan), .shape = cell.shape, .view = cell.view};
    if (record.recipe_source == RecipeSource::kGiven) return check_class_order(subject, *dataset_, record.recipe);
    if (record.recipe_source == RecipeSource::kAssumed) {
      return find_recipe(subject, *dataset_, record.recipe.label_offset);
    }
    return check_recipe(subject, *dataset_,
                        {.recipe = record.recipe, .source = record.recipe_source, .why = record.recipe_reason});
  }

  /// What was found or held against the images with a model of the same network serves this one, too.
  bool take_from_sibling(CellState& cell) {
    const bool unknown = cell.record.recipe_source == RecipeSource::kAssumed;
    for (const CellState* other : cells_) {
      const CellRecord& record = other->record;
      if (other == &cell || !record.recipe_trial || !same_network(cell, *other)) continue;
      if (!unknown && !same_values(record.recipe, cell.record.recipe)) continue;
      cell.record.recipe_trial = record.recipe_trial;
      std::ranges::copy_if(record.warnings, std::back_inserter(cell.record.warnings),
                           [](const std::string& line) { return line.starts_with(kColoursAssumed); });
      if (unknown) {
        const bool found = record.recipe_source == RecipeSource::kFound;
        take(cell, {.recipe = record.recipe,
                    .source = found ? RecipeSource::kFound : RecipeSource::kSibling,
                    .why = found ? record.recipe_reason : fmt::format("as '{}': {}", record.id, record.recipe_reason)});
      }
      return true;
    }
    return false;
  }

  bool take_from_log(CellState& cell) {
    const auto* logged = run_.log.recipe(cell.record.id);
    if (logged == nullptr || !binding_difference(logged->binding, recipe_binding(run_, cell)).empty()) return false;
    const CellRecord& before = logged->record;
    take(cell, {.recipe = before.recipe, .source = before.recipe_source, .why = before.recipe_reason});
    cell.record.recipe_trial = before.recipe_trial;
    std::ranges::copy(before.warnings, std::back_inserter(cell.record.warnings));
    return true;
  }

  void tell_differences() {
    for (CellState* cell : cells_) {
      const CellPlan& plan = baseline_of(run_.plan, *cell->plan);
      const auto baseline = std::ranges::find_if(cells_, [&](const CellState* other) { return other->plan == &plan; });
      if (baseline == cells_.end() || *baseline == cell) continue;
      const CellRecord& record = cell->record;
      const CellRecord& other = (*baseline)->record;
      if (same_values(record.recipe, other.recipe)) continue;
      std::string line = fmt::format("fed with '{}' ({}) where the baseline is fed with '{}' ({})", record.recipe.name,
                                     record.recipe_reason, other.recipe.name, other.recipe_reason);
      run_.progress.note(record.id + ": " + line);
      cell->record.warnings.push_back(std::move(line));
    }
  }

  RunState& run_;
  const datasets::Dataset* dataset_;
  std::vector<CellState*> cells_;  // the described ones
};

}  // namespace

void settle_recipes(std::vector<CellState>& cells, RunState& run, const datasets::Dataset* dataset) {
  Settler(cells, run, dataset).run();
}

}  // namespace qbench::engine
