// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_text.h"
#include "core/metrics/intervals.h"
#include "core/print.h"
#include "core/scratch_folder.h"
#include "datasets/open_dataset.h"
#include "datasets/usual_recipes.h"
#include "harness/app/commands.h"
#include "harness/app/config.h"
#include "harness/app/limit_flags.h"
#include "harness/app/model_labels.h"
#include "harness/app/option_flags.h"
#include "harness/app/run_flags.h"
#include "harness/app/terminal_progress.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/process_end.h"
#include "harness/engine/run.h"
#include "harness/engine/worker_program.h"
#include "models/model_kind.h"
#include "reports/console_table.h"

namespace qbench::app {
namespace {

using nlohmann::json;

struct RecipeFlags {
  std::string model;
  datasets::DatasetOptions dataset{.limit = 300};
  std::string class_order;
  bool json = false;
  TensorFlags tensors;
  LimitFlags limits;
};

/// One recipe and how well the model did with it.
struct Trial {
  Recipe recipe;
  std::int64_t images = 0;
  std::int64_t correct = 0;
  metrics::Interval interval;
  std::vector<std::string> warnings;
};

/// What a run of this model alone would feed it with, or the question that it would ask.
struct OwnRecipe {
  std::optional<CellRecord> cell;
  std::string question;
};

/// The usual recipes, each with the image stretched and with ImageNet's centre crop.
std::vector<Recipe> recipes_to_rank(const OwnRecipe& own) {
  const bool gray = own.cell && own.cell->recipe.colour == Recipe::Colour::kGray;
  std::vector<Recipe> recipes;
  for (Recipe& usual : datasets::usual_recipes(gray ? 1 : 3)) {
    if (own.cell) usual.label_offset = own.cell->recipe.label_offset;
    Recipe crop = usual;
    const Recipe imagenet = named_recipe("unit-crop");
    crop.name += "-crop";
    crop.resize = imagenet.resize;
    crop.crop_fraction = imagenet.crop_fraction;
    recipes.push_back(std::move(usual));
    recipes.push_back(std::move(crop));
  }
  return recipes;
}

engine::Plan plan_of(const RecipeFlags& flags, const std::vector<std::optional<Recipe>>& recipes) {
  engine::Plan plan;
  plan.batches = {1};
  plan.settings.latency = false;
  apply_limits(flags.limits, plan.settings);
  for (const std::optional<Recipe>& recipe : recipes) {
    engine::CellPlan cell;
    cell.variant = "recipe";
    cell.model = flags.model;
    cell.recipe = recipe;
    cell.tensors = tensor_choice(flags.tensors);
    plan.cells.push_back(std::move(cell));
  }
  engine::name_cells(plan);
  return plan;
}

/// What a run with one of the plans below needs.
struct Trials {
  const datasets::Dataset& dataset;
  engine::Progress& progress;
  ScratchFolder scratch{};

  [[nodiscard]] engine::RunContext context() const {
    engine::RunContext context{
        .folder = scratch.path(), .worker = engine::find_worker_executable(), .dataset = &dataset};
    context.progress = &progress;
    context.predictions.save = [](const std::string&, const std::vector<Prediction>&) { return std::string(); };
    return context;
  }
};

std::vector<CellRecord> evaluate(const engine::Plan& plan, const datasets::Dataset& dataset,
                                 engine::Progress& progress) {
  const Trials trials{dataset, progress};
  engine::RunResult result = engine::run_plan(plan, trials.context());
  for (const CellRecord& cell : result.record.cells) {
    const Outcome& outcome = cell.worst();
    if (!outcome.ok()) throw engine::error_of(outcome, "the model cannot be tried");
  }
  return std::move(result.record.cells);
}

OwnRecipe own_recipe(const RecipeFlags& flags, const datasets::Dataset& dataset, engine::Progress& progress) {
  const Trials trials{dataset, progress};
  try {
    return {.cell = engine::settle_plan(plan_of(flags, {std::nullopt}), trials.context()).front(), .question = {}};
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUsage) throw;
    return {.cell = std::nullopt, .question = error.what()};
  }
}

Trial trial_of(const CellRecord& cell) {
  Trial trial{.recipe = cell.recipe, .images = cell.accuracy->images, .correct = cell.accuracy->correct};
  trial.interval =
      metrics::proportion_interval(static_cast<std::size_t>(trial.correct), static_cast<std::size_t>(trial.images));
  trial.warnings = cell.warnings;
  return trial;
}

void print_ranking(const std::vector<Trial>& trials, const OwnRecipe& own) {
  print_text("{:<34}{:>9}  {:>16}   mean, std, label offset\n", "recipe", "top-1 %", "95 % interval");
  for (const Trial& trial : trials) {
    const Recipe& recipe = trial.recipe;
    print_text("{:<34}{:>9.2f}  {:>7.2f} ..{:>6.2f}   {:g} {:g} {:g}, {:g} {:g} {:g}, {}\n", recipe.name,
               100.0 * double(trial.correct) / double(trial.images), 100.0 * trial.interval.low,
               100.0 * trial.interval.high, recipe.mean[0], recipe.mean[1], recipe.mean[2], recipe.std[0],
               recipe.std[1], recipe.std[2], recipe.label_offset);
  }
  const Trial& best = trials.front();
  print_text("\nBest on {} images: {}.", best.images, best.recipe.name);
  const auto equal = std::count_if(trials.begin() + 1, trials.end(),
                                   [&best](const Trial& trial) { return trial.interval.high >= best.interval.low; });
  if (equal > 0) print_text(" {} more cannot be told from it with so few images.", equal);
  if (own.cell) {
    print_text("\nA run takes: {} ({}).\n", own.cell->recipe.name, own.cell->recipe_reason);
  } else {
    print_text("\nA run asks: {}\n", own.question);
  }
  for (const std::string& warning : best.warnings) print_text("Warning: {}\n", warning);
}

json trials_json(const std::vector<Trial>& trials, const OwnRecipe& own) {
  json ranking = json::array();
  for (const Trial& trial : trials) {
    ranking.push_back({{"recipe", to_json(trial.recipe)},
                       {"images", trial.images},
                       {"correct", trial.correct},
                       {"interval", {trial.interval.low, trial.interval.high}},
                       {"warnings", trial.warnings}});
  }
  json taken = {{"question", own.question}};
  if (own.cell) {
    taken = {{"recipe", to_json(own.cell->recipe)},
             {"source", recipe_source_name(own.cell->recipe_source)},
             {"why", own.cell->recipe_reason}};
  }
  return {{"ranking", ranking}, {"run", taken}};
}

void try_recipes(const RecipeFlags& flags, const GlobalOptions& global) {
  models::require_tflite(flags.model);
  datasets::DatasetOptions options = flags.dataset;
  if (!flags.class_order.empty()) options.class_order = datasets::class_order_from(flags.class_order);
  const std::vector<std::string> notes = add_model_labels(options, {flags.model});
  const auto dataset = datasets::open_dataset(options);
  engine::SilentProgress silent;
  TerminalProgress terminal(::isatty(STDERR_FILENO) != 0, reports::terminal_width(STDERR_FILENO));
  engine::Progress& progress = global.quiet ? static_cast<engine::Progress&>(silent) : terminal;
  for (const std::string& line : notes) progress.note(line);
  for (const std::string& line : dataset_notes(*dataset)) progress.note(line);
  const engine::InterruptGuard guard;
  const OwnRecipe own = own_recipe(flags, *dataset, progress);
  std::vector<std::optional<Recipe>> recipes;
  for (Recipe& recipe : recipes_to_rank(own)) {
    recipes.emplace_back(std::move(recipe));
  }
  std::vector<Trial> trials;
  for (const CellRecord& cell : evaluate(plan_of(flags, recipes), *dataset, silent)) {
    trials.push_back(trial_of(cell));
  }
  std::stable_sort(trials.begin(), trials.end(), [](const Trial& a, const Trial& b) { return a.correct > b.correct; });
  if (flags.json) {
    print_block(stdout, json_text(trials_json(trials, own), 2) + "\n");
  } else {
    print_ranking(trials, own);
  }
}

}  // namespace

void add_recipe_command(CLI::App& app, const GlobalOptions& global, CommandResult&) {
  CLI::App* command = app.add_subcommand("recipe", "Try the usual preprocessing recipes and rank them by accuracy");
  auto flags = std::make_shared<RecipeFlags>();
  command->add_option("model", flags->model, "Model file")->required();
  command->add_option("data", flags->dataset.path, "Dataset")->required();
  command->add_option("--labels", flags->dataset.labels_file, "Class names in the order of the outputs: lines or JSON");
  add_class_order_flag(*command, flags->class_order);
  add_label_offset_flag(*command, flags->dataset.label_offset);
  command->add_option("--limit", flags->dataset.limit, "Images to try; 0: all")
      ->check(not_negative())
      ->capture_default_str();
  add_tensor_flags(*command, flags->tensors);
  add_limit_flags(*command, flags->limits);
  command->add_flag("--json", flags->json, "For machines");
  command->footer("Example: qbench recipe model.tflite images/");
  command->callback([flags, &global] { try_recipes(*flags, global); });
}

}  // namespace qbench::app
