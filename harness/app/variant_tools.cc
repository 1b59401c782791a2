// SPDX-License-Identifier: Apache-2.0
#include "harness/app/variant_tools.h"

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"
#include "harness/app/config.h"
#include "harness/app/image_recipe.h"
#include "harness/app/model_labels.h"
#include "harness/app/option_flags.h"
#include "harness/app/run_flags.h"
#include "harness/app/terminal_progress.h"
#include "models/classifier.h"
#include "models/repair.h"
#include "runners/builtin.h"

namespace qbench::app {
namespace {

runners::Kernels kernels_from(const std::string& name) {
  if (name == "auto") return runners::Kernels::kAuto;
  if (name == "xnnpack") return runners::Kernels::kXnnpack;
  if (name == "builtin") return runners::Kernels::kBuiltin;
  throw Error(ErrorCode::kUsage, "there are no kernels '{}'; give auto, xnnpack or builtin", name);
}

std::optional<Recipe> recipe_from(const std::string& text) {
  if (text.empty() || text == "auto") return std::nullopt;
  if (!text.ends_with(".json")) return named_recipe(text);
  return recipe_from_json(parse_json(read_text_file(text), "recipe '" + text + "'"));
}

}  // namespace

void add_image_flags(CLI::App& command, ImageFlags& flags) {
  command.add_option("--images", flags.images, "How many images, balanced over the classes")
      ->check(not_negative())
      ->capture_default_str();
  command.add_option("--seed", flags.seed, "Which ones")->check(not_negative())->capture_default_str();
  command.add_option("--recipe", flags.recipe, "Preprocessing: a name ('qbench list'), a JSON file, or auto");
  add_tensor_flags(command, flags.tensors);
  add_class_order_flag(command, flags.class_order);
  command.add_option("--kernels", flags.kernels, "auto, xnnpack or builtin")->capture_default_str();
  command.add_option("--library", flags.library, "TensorFlow Lite runtime library");
  command.add_option("--jobs", flags.jobs, "Processes; 0: one per CPU that may be used")->check(not_negative());
}

ClassifierHints hints_from(const models::Graph& model, const ImageFlags& flags) {
  ClassifierHints hints = models::classifier_hints(model);
  hints.asked = tensor_choice(flags.tensors);
  return hints;
}

variants::Execution execution_from(const ImageFlags& flags) {
  const std::vector<runners::RunnerDescriptor> all = runners::builtin_runners();
  variants::Execution execution;
  execution.runner = runners::find_runner(all, "tflite");
  execution.options.library = flags.library;
  execution.options.kernels = kernels_from(flags.kernels);
  execution.jobs = flags.jobs;
  const runners::Availability here = execution.runner.probe(execution.options);
  if (!here.available) throw Error(ErrorCode::kUnsupported, "the model cannot be run here: {}", here.reason);
  return execution;
}

std::unique_ptr<variants::ImageSet> load_images(const models::Graph& model, const ImageRequest& request,
                                                const ImageFlags& flags, engine::Progress& progress) {
  variants::ImageSetOptions options;
  options.dataset.path = request.folder;
  options.dataset.limit = request.images;
  options.dataset.limit_seed = flags.seed;
  options.dataset.label_offset = flags.label_offset;
  if (!flags.class_order.empty()) options.dataset.class_order = datasets::class_order_from(flags.class_order);
  options.dataset.needs_labels = request.needs_labels;
  for (const std::string& line : add_model_labels(options.dataset, {request.model})) progress.note(line);
  options.tensors = tensor_choice(flags.tensors);
  if (const std::optional<Recipe> given = recipe_from(flags.recipe)) {
    options.recipe = {.recipe = *given, .source = RecipeSource::kGiven, .why = {}};
  } else if (request.recipe) {
    options.recipe = *request.recipe;
  } else {
    RecipeRequest asked{.models = {request.model}, .dataset = options.dataset, .tensors = options.tensors};
    if (!request.variant.empty()) asked.models.push_back(request.variant);
    asked.runner = execution_from(flags).options;
    options.recipe = settled_recipe(asked, progress);
  }
  return std::make_unique<variants::ImageSet>(model, options, progress);
}

models::Graph repaired(models::Graph graph, const std::string& name, const GlobalOptions& global,
                       engine::Progress& progress) {
  models::Repaired result = models::repair(std::move(graph));
  for (const std::string& line : result.repairs) {
    if (!global.quiet) progress.note(fmt::format("{}: repaired: {}", name, line));
  }
  return std::move(result.graph);
}

std::unique_ptr<engine::Progress> command_progress(const GlobalOptions& global) {
  if (global.quiet) return std::make_unique<engine::SilentProgress>();
  return std::make_unique<TerminalProgress>(::isatty(STDERR_FILENO) != 0, reports::terminal_width(STDERR_FILENO));
}

reports::ConsoleStyle stdout_style() {
  return {.width = reports::terminal_width(STDOUT_FILENO), .colour = reports::wants_colour(STDOUT_FILENO)};
}

}  // namespace qbench::app
