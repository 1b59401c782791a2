// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_flags.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/duration.h"
#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"
#include "harness/app/config.h"
#include "harness/app/option_flags.h"
#include "reports/builtin.h"

namespace qbench::app {
namespace {

using nlohmann::json;

json variant_from(const std::string& text) {
  const NamedModel model = named_model(text);
  if (model.name.empty()) return {{"model", model.file}};
  return {{"name", model.name}, {"model", model.file}};
}

void override_runners(json& plan, const RunFlags& flags) {
  if (flags.threads.empty() && flags.kernels.empty() && flags.libraries.empty() && flags.delegate.empty()) return;
  json runner = json::object();
  if (!flags.threads.empty()) runner["threads"] = flags.threads;
  if (!flags.kernels.empty()) runner["kernels"] = flags.kernels;
  if (!flags.libraries.empty()) {
    runner["library"] = json::array();
    for (const std::string& library : flags.libraries) runner["library"].push_back(absolute_library(library));
  }
  if (!flags.delegate.empty()) {
    runner["delegate"]["library"] = absolute_library(flags.delegate);
    for (const std::string& option : flags.delegate_options) {
      const std::size_t equals = option.find('=');
      if (equals == std::string::npos)
        throw Error(ErrorCode::kUsage, "--delegate-option '{}' is not KEY=VALUE", option);
      runner["delegate"]["options"][option.substr(0, equals)] = option.substr(equals + 1);
    }
  }
  plan["runners"] = json::array({runner});
}

void override_dataset(json& plan, const RunFlags& flags) {
  const bool says_nothing = flags.data.empty() && flags.list.empty() && flags.labels.empty() &&
                            flags.class_order.empty() && !flags.label_offset && flags.limit == 0;
  if (says_nothing) return;
  json dataset = plan.value("dataset", json::object());
  if (dataset.is_string()) dataset = {{"path", dataset}};
  if (!flags.data.empty()) dataset["path"] = absolute_path(flags.data);
  if (!flags.list.empty()) dataset["list"] = absolute_path(flags.list);
  if (!flags.labels.empty()) dataset["labels"] = absolute_path(flags.labels);
  if (!flags.class_order.empty()) dataset["class_order"] = flags.class_order;
  if (flags.label_offset) dataset["label_offset"] = *flags.label_offset;
  if (flags.limit > 0) dataset["limit"] = flags.limit;
  plan["dataset"] = std::move(dataset);
}

/// For all models: what single variants say otherwise gives way.
void override_reading(json& plan, const char* key, const std::string& value) {
  plan[key] = value;
  for (json& variant : plan["variants"]) {
    if (variant.is_object()) variant.erase(key);
  }
}

json recipe_from(const std::string& text) {
  if (!text.ends_with(".json")) return text;
  return parse_json(read_text_file(text), "recipe '" + text + "'");
}

}  // namespace

void add_cell_flags(CLI::App& command, RunFlags& flags) {
  add_list(command, "-m,--model", flags.models, "Model file; repeat it, the first is the baseline; NAME=FILE names it");
  add_single(command, "--recipe", flags.recipe, "Preprocessing: a name ('qbench list'), a JSON file, or auto");
  add_tensor_flags(command, flags.tensors);
  add_list(command, "-b,--batch", flags.batches, "Batch sizes (default 1,64)");
  add_list(command, "-t,--threads", flags.threads, "Threads of the runtime; a list makes a cell each");
  add_list(command, "--kernels", flags.kernels, "auto, xnnpack, builtin; a list makes a cell each");
  add_list(command, "--library", flags.libraries, "Runtime library; a list makes a cell each");
  add_single(command, "--delegate", flags.delegate, "Vendor delegate library, e.g. libedgetpu.so.1");
  add_list(command, "--delegate-option", flags.delegate_options, "KEY=VALUE for the delegate; repeatable");
}

void add_label_offset_flag(CLI::App& command, std::optional<int>& label_offset) {
  command
      .add_option("--label-offset", label_offset, "Output that is class 0, e.g. 1 after a background (default: found)")
      ->check(CLI::Range(0, datasets::kLargestLabelOffset))
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void add_class_order_flag(CLI::App& command, std::string& class_order) {
  add_single(command, "--class-order", class_order,
             "Order of class folders that no labels order: numeric or text (default: numbers as numbers)");
}

void add_run_flags(CLI::App& command, RunFlags& flags) {
  add_cell_flags(command, flags);
  add_single(command, "-d,--data", flags.data, "Dataset: folder of class folders, CIFAR-10 or EEMBC binaries");
  add_single(command, "--list", flags.list, "List of 'path,label' lines, or one-hot, for a flat folder of images");
  add_single(command, "--labels", flags.labels,
             "Class names in the order of the outputs: lines or JSON (docs/datasets.md)");
  add_class_order_flag(command, flags.class_order);
  add_label_offset_flag(command, flags.label_offset);
  add_single(command, "--limit", flags.limit, "Use only this many images, balanced over the classes");
  add_list(command, "--gate", flags.gates,
           "Limits, e.g. 'latency<=+2%,top1>=-0.5pp,size<=+0%,rss<=+10%'; exit 3 if missed");
  add_single(command, "-o,--output", flags.output, "Result folder (default results/<time>-<board>-<plan>)");
  add_single(command, "--resume", flags.resume, "Go on with an interrupted run in this result folder");
  command.add_flag("--trust", flags.trust,
                   "With --resume: run the programs, libraries and delegates that the folder's plan names");
  add_list(command, "--formats", flags.formats, "Report formats (default: all)");
  add_single(command, "--sustain", flags.sustain, "Run each cell alone for this long (10m, 90s): heat and throttling");
  add_option_flags(command, engine::run_option_table(), flags.settings, flags.given_settings);
}

std::string absolute_path(const std::string& path) { return std::filesystem::absolute(path).string(); }

std::string absolute_library(const std::string& library) {
  return library.find('/') == std::string::npos ? library : absolute_path(library);
}

NamedModel named_model(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || std::filesystem::exists(text)) return {"", absolute_path(text)};
  return {text.substr(0, equals), absolute_path(text.substr(equals + 1))};
}

engine::Plan plan_from_flags(const RunFlags& flags) {
  json object = json::object();
  std::filesystem::path base = std::filesystem::current_path();
  std::string where = "command line";
  if (!flags.config.empty()) {
    object = read_plan_json(flags.config);
    base = std::filesystem::absolute(flags.config).parent_path();
    where = "'" + flags.config + "'";
  }
  if (!flags.models.empty()) {
    object["variants"] = json::array();
    for (const std::string& model : flags.models) object["variants"].push_back(variant_from(model));
  }
  override_runners(object, flags);
  override_dataset(object, flags);
  if (!flags.recipe.empty()) object["recipe"] = recipe_from(flags.recipe);
  if (!flags.tensors.output.empty()) override_reading(object, "output", flags.tensors.output);
  if (!flags.tensors.image_size.empty()) override_reading(object, "image_size", flags.tensors.image_size);
  if (!flags.tensors.one_value.empty()) override_reading(object, "one_value", flags.tensors.one_value);
  if (!flags.gates.empty()) object["gate"] = flags.gates;
  if (!flags.batches.empty()) object["batches"] = flags.batches;
  engine::Plan plan = plan_from_json(object, where, base);
  apply_given(engine::run_option_table(), flags.settings, flags.given_settings, plan.settings);
  if (!flags.sustain.empty()) plan.settings.sustain_s = parse_duration(flags.sustain);
  return plan;
}

void check_plan(const engine::Plan& plan) {
  engine::check_settings(plan.settings);
  if (plan.cells.empty()) {
    throw Error(ErrorCode::kUsage, "nothing to run: give a config file or --model FILE; see --help");
  }
  for (const engine::CellPlan& cell : plan.cells) {
    if (!std::filesystem::exists(cell.model)) {
      throw Error(ErrorCode::kIo, "there is no model file '{}' (variant '{}')", cell.model.string(), cell.variant);
    }
  }
}

std::vector<std::string> wanted_formats(const RunFlags& flags) {
  std::vector<std::string> names;
  for (const reports::ReportFormat& format : reports::report_formats()) names.push_back(format.name);
  if (flags.formats.empty()) return names;
  for (const std::string& name : flags.formats) (void)reports::report_format(name);  // unknown names are refused early
  return flags.formats;
}

}  // namespace qbench::app
