// SPDX-License-Identifier: Apache-2.0
#include "harness/app/variant_tools.h"

#include <unistd.h>

#include <cstdlib>
#include <system_error>

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
#include "harness/variants/child_blocks.h"
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

/// Where the runtime's library may lie beside the system's: what the flag or the environment names and its folder, and
/// lib/qbench in the folders above this program.
std::vector<std::filesystem::path> library_places(const std::string& named) {
  std::vector<std::filesystem::path> places;
  const char* environment = std::getenv("QBENCH_TFLITE_LIB");
  for (const std::filesystem::path library : {named, std::string(environment != nullptr ? environment : "")}) {
    std::error_code unknown;
    if (library.empty()) continue;
    places.push_back(library);
    places.push_back(std::filesystem::canonical(library, unknown));  // follows links
    const std::filesystem::path folder = std::filesystem::absolute(library, unknown).parent_path();
    const char* home = std::getenv("HOME");
    if (folder.has_relative_path() && (home == nullptr || folder != home)) places.push_back(folder);
  }
  std::error_code unknown;
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", unknown).parent_path();
  for (; folder.has_relative_path(); folder = folder.parent_path()) {
    const std::filesystem::path beside = folder / "lib" / "qbench";
    places.push_back(beside);
    for (std::filesystem::directory_iterator file(beside, unknown), end; !unknown && file != end;
         file.increment(unknown)) {
      places.push_back(std::filesystem::canonical(file->path(), unknown));  // a link in a build tree
    }
  }
  std::erase_if(places, [](const std::filesystem::path& place) { return place.empty(); });
  return places;
}

variants::ChildLimits limits_from(const ImageFlags& flags) {
  engine::RunSettings settings;
  apply_limits(flags.limits, settings);
  return {.load_timeout_s = settings.load_timeout_s,
          .request_timeout_s = settings.request_timeout_s,
          .memory_limit_mb = settings.memory_limit_mb,
          .enclosed = true,
          .readable = library_places(flags.library)};
}

/// Why the runner cannot be used; empty: it can. Opening a library runs its code, which may do anything.
std::string probe_in_child(const variants::Execution& execution) {
  const variants::ChildBlocks plan{
      .blocks = 1, .jobs = 1, .what = "opening the runtime's library", .limits = execution.limits};
  return variants::run_in_children(plan,
                                   [&execution](const variants::Beat&) {
                                     return [&execution](std::size_t) {
                                       const runners::Availability here = execution.runner.probe(execution.options);
                                       return here.available ? std::string() : here.reason;
                                     };
                                   })
      .front();
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
  add_limit_flags(command, flags.limits);
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
  execution.limits = limits_from(flags);
  const std::string obstacle = probe_in_child(execution);
  if (!obstacle.empty()) throw Error(ErrorCode::kUnsupported, "the model cannot be run here: {}", obstacle);
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
    asked.limits = flags.limits;
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
