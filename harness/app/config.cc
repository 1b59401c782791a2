// SPDX-License-Identifier: Apache-2.0
#include "harness/app/config.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/metrics/gates.h"
#include "core/nearest.h"
#include "harness/app/json_reader.h"

namespace qbench::app {
namespace {

using engine::CellPlan;
using nlohmann::json;
using nlohmann::ordered_json;
using Path = std::filesystem::path;

constexpr int kMostThreads = 1024;
constexpr int kLargestBatch = 4096;
constexpr const char* kProbability = "probability";
constexpr const char* kLogit = "logit";

const std::vector<std::string>& kernel_names() {
  static const std::vector<std::string> kNames{"auto", "xnnpack", "builtin"};
  return kNames;
}

Path anchored(const Path& base, const std::string& path) {
  return path.empty() ? Path() : (base / path).lexically_normal();
}

/// A library's bare name is for the loader's search path; anything with a slash is a file.
Path anchored_library(const Path& base, const std::string& library) {
  return library.find('/') == std::string::npos ? Path(library) : anchored(base, library);
}

runners::Kernels kernels_from(const std::string& name, const std::string& where) {
  const auto& names = kernel_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw Error(ErrorCode::kConfig, "{} is '{}'{}", where, name, nearest_hint(name, names));
  return static_cast<runners::Kernels>(found - names.begin());
}

runners::DelegateOptions delegate_from(const json& object, const std::string& where, const Path& base) {
  const JsonReader reader(object, where, {"library", "options"});
  runners::DelegateOptions delegate;
  delegate.library = anchored_library(base, reader.required_text("library"));
  if (!reader.has("options")) return delegate;
  for (const auto& [key, value] : reader.at("options").items()) {
    if (!value.is_string()) throw Error(ErrorCode::kConfig, "{}: option '{}' must be a string", where, key);
    delegate.options[key] = value.get<std::string>();
  }
  return delegate;
}

/// One runner entry: the product of its lists. The cells have no model yet.
std::vector<CellPlan> runner_cells(const json& object, const std::string& where, const Path& base) {
  const JsonReader reader(object, where, {"name", "kernels", "threads", "library", "delegate"});
  CellPlan cell;
  cell.runner = reader.text("name", "tflite");
  if (reader.has("delegate")) {
    cell.options.delegate = delegate_from(reader.at("delegate"), reader.path("delegate"), base);
  }
  std::vector<CellPlan> cells;
  for (const std::string& library : reader.texts("library", "")) {
    for (const std::string& kernels : reader.texts("kernels", "auto")) {
      for (int threads : reader.wholes("threads", {1}, 1, kMostThreads)) {
        cell.options.library = anchored_library(base, library);
        cell.options.kernels = kernels_from(kernels, reader.path("kernels"));
        cell.options.threads = threads;
        cells.push_back(cell);
      }
    }
  }
  return cells;
}

std::vector<CellPlan> all_runner_cells(const JsonReader& reader, const Path& base) {
  std::vector<CellPlan> cells;
  for (const json& entry : reader.list("runners", json::array({json::object()}))) {
    const std::vector<CellPlan> more = runner_cells(entry, reader.path("runners"), base);
    cells.insert(cells.end(), more.begin(), more.end());
  }
  return cells;
}

/// How the models of a plan are read unless a variant says otherwise.
struct ModelReading {
  std::optional<Recipe> recipe;
  TensorChoice tensors;
};

TensorChoice tensors_from(const JsonReader& reader, TensorChoice otherwise) {
  otherwise.output = reader.text("output", otherwise.output);
  if (reader.has("image_size")) {
    otherwise.size = parse_image_size(reader.text("image_size"), reader.path("image_size"));
  }
  if (reader.has("one_value"))
    otherwise.one_value = parse_one_value(reader.text("one_value"), reader.path("one_value"));
  return otherwise;
}

/// Cells of one variant: its own runners, else those of the plan.
void add_variant(engine::Plan& plan, const json& entry, const std::vector<CellPlan>& plan_runners,
                 const ModelReading& plan_reading, const std::pair<std::string, Path>& origin) {
  const auto& [where, base] = origin;
  const json object = entry.is_string() ? json{{"model", entry}} : entry;
  const JsonReader reader(
      object, where,
      {"name", "model", "recipe", "output", "image_size", "one_value", "runners", "optional", "side", "worker"});
  const Path model = anchored(base, reader.required_text("model"));
  if (reader.flag("optional") && !std::filesystem::exists(model)) return;
  std::optional<Recipe> recipe = plan_reading.recipe;
  if (reader.has("recipe")) recipe = recipe_from_json(reader.at("recipe"));
  for (CellPlan cell : reader.has("runners") ? all_runner_cells(reader, base) : plan_runners) {
    cell.variant = reader.text("name", model.stem().string());
    cell.side = reader.text("side");
    cell.model = model;
    cell.worker = anchored(base, reader.text("worker"));
    cell.recipe = recipe;
    cell.tensors = tensors_from(reader, plan_reading.tensors);
    plan.cells.push_back(std::move(cell));
  }
}

datasets::DatasetOptions dataset_from(const json& entry, const std::string& where, const Path& base) {
  const json object = entry.is_string() ? json{{"path", entry}} : entry;
  const JsonReader reader(object, where,
                          {"kind", "path", "list", "labels", "class_order", "label_offset", "limit", "limit_seed",
                           "height", "width", "channels"});
  constexpr std::int64_t kMany = 1'000'000'000'000;
  constexpr std::int64_t kLargestSide = 1 << 14;
  datasets::DatasetOptions options;
  options.kind = reader.text("kind", "auto");
  options.path = anchored(base, reader.text("path"));
  options.list_file = anchored(base, reader.text("list"));
  options.labels_file = anchored(base, reader.text("labels"));
  options.class_order = datasets::class_order_from(reader.text("class_order", "auto"));
  if (reader.has("label_offset")) {
    options.label_offset = static_cast<int>(reader.whole("label_offset", 0, 0, datasets::kLargestLabelOffset));
  }
  options.limit = static_cast<std::size_t>(reader.whole("limit", 0, 0, kMany));
  options.limit_seed = static_cast<std::uint64_t>(reader.whole("limit_seed", 1, 0, kMany));
  options.height = static_cast<int>(reader.whole("height", 0, 0, kLargestSide));
  options.width = static_cast<int>(reader.whole("width", 0, 0, kLargestSide));
  options.channels = static_cast<int>(reader.whole("channels", 0, 0, 3));
  return options;
}

json dataset_to_json(const datasets::DatasetOptions& options) {
  json object = {{"kind", options.kind},
                 {"path", options.path.string()},
                 {"list", options.list_file.string()},
                 {"labels", options.labels_file.string()},
                 {"class_order", datasets::class_order_name(options.class_order)},
                 {"limit", options.limit},
                 {"limit_seed", options.limit_seed},
                 {"height", options.height},
                 {"width", options.width},
                 {"channels", options.channels}};
  if (options.label_offset) object["label_offset"] = *options.label_offset;
  return object;
}

json cell_to_json(const CellPlan& cell) {
  json runner = {{"name", cell.runner},
                 {"kernels", engine::kernels_name(cell.options.kernels)},
                 {"threads", cell.options.threads},
                 {"library", cell.options.library.string()}};
  if (!cell.options.delegate.library.empty()) {
    runner["delegate"] = {{"library", cell.options.delegate.library.string()},
                          {"options", cell.options.delegate.options}};
  }
  json variant = {{"name", cell.variant}, {"model", cell.model.string()}, {"runners", json::array({runner})}};
  if (!cell.side.empty()) variant["side"] = cell.side;
  if (!cell.worker.empty()) variant["worker"] = cell.worker.string();
  if (cell.recipe) variant["recipe"] = to_json(*cell.recipe);
  const TensorChoice& tensors = cell.tensors;
  if (!tensors.output.empty()) variant["output"] = tensors.output;
  if (tensors.size) variant["image_size"] = fmt::format("{}x{}", tensors.size->height, tensors.size->width);
  if (tensors.one_value) variant["one_value"] = *tensors.one_value == ScoresForm::kLogOdds ? kLogit : kProbability;
  return variant;
}

/// A cell has one lane at a batch size.
std::vector<int> without_repeats(const std::vector<int>& values) {
  std::vector<int> once;
  for (int value : values) {
    if (std::ranges::find(once, value) == once.end()) once.push_back(value);
  }
  return once;
}

/// "auto" (or nothing) leaves the recipe to what each model says of itself.
std::optional<Recipe> plan_recipe(const JsonReader& reader) {
  if (!reader.has("recipe") || reader.at("recipe") == "auto") return std::nullopt;
  return recipe_from_json(reader.at("recipe"));
}

/// A text or a list of them; only checked here, and kept as written.
std::string gate_from(const JsonReader& reader) {
  if (!reader.has("gate")) return {};
  const std::string gate = fmt::format("{}", fmt::join(reader.texts("gate", ""), ","));
  (void)metrics::parse_gates(gate);
  return gate;
}

}  // namespace

ImageSize parse_image_size(const std::string& text, const std::string& where) {
  constexpr int kLargestSide = 1 << 14;
  ImageSize size;
  const char* const end = text.data() + text.size();
  const auto [cross, first] = std::from_chars(text.data(), end, size.height);
  if (first == std::errc{} && cross != end && *cross == 'x') {
    const auto [rest, second] = std::from_chars(cross + 1, end, size.width);
    const bool sane = size.height > 0 && size.width > 0 && size.height <= kLargestSide && size.width <= kLargestSide;
    if (second == std::errc{} && rest == end && sane) return size;
  }
  throw Error(ErrorCode::kConfig, "{} is '{}', not a height and width like 28x28", where, text);
}

ScoresForm parse_one_value(const std::string& text, const std::string& where) {
  if (text == kProbability) return ScoresForm::kProbability;
  if (text == kLogit) return ScoresForm::kLogOdds;
  throw Error(ErrorCode::kConfig, "{} is '{}'; give {} or {}", where, text, kProbability, kLogit);
}

TensorChoice tensor_choice(const TensorFlags& flags) {
  TensorChoice choice{.output = flags.output, .size = {}, .one_value = {}};
  if (!flags.image_size.empty()) choice.size = parse_image_size(flags.image_size, "--image-size");
  if (!flags.one_value.empty()) choice.one_value = parse_one_value(flags.one_value, "--one-value");
  return choice;
}

engine::Plan plan_from_json(const json& object, const std::string& where, const Path& base) {
  const JsonReader reader(object, where,
                          {"name", "description", "variants", "runners", "batches", "dataset", "recipe", "output",
                           "image_size", "one_value", "settings", "gate"});
  engine::Plan plan;
  plan.name = reader.text("name", "run");
  const std::vector<CellPlan> runners = all_runner_cells(reader, base);
  const ModelReading reading{.recipe = plan_recipe(reader), .tensors = tensors_from(reader, {})};
  for (const json& variant : reader.list("variants", json::array())) {
    add_variant(plan, variant, runners, reading, {reader.path("variants"), base});
  }
  plan.batches = without_repeats(reader.wholes("batches", {1, 64}, 1, kLargestBatch));
  if (reader.has("dataset")) plan.dataset = dataset_from(reader.at("dataset"), reader.path("dataset"), base);
  plan.gate = gate_from(reader);
  if (reader.has("settings")) {
    engine::RunSettings settings;
    read_options(engine::run_option_table(), settings, reader.at("settings"), reader.path("settings"));
    plan.settings = settings;
  }
  return plan;
}

json read_plan_json(const Path& path) {
  constexpr std::uint64_t kMaxBytes = 1ULL << 26;
  json object = read_json_file(path, kMaxBytes, JsonComments::kAllow);
  if (!object.is_object()) throw Error(ErrorCode::kConfig, "'{}' must hold a JSON object", path.string());
  return object;
}

engine::Plan read_plan_file(const Path& path) {
  return plan_from_json(read_plan_json(path), "'" + path.string() + "'", std::filesystem::absolute(path).parent_path());
}

ordered_json plan_to_json(const engine::Plan& plan) {
  ordered_json object;
  object["name"] = plan.name;
  object["variants"] = ordered_json::array();
  for (const CellPlan& cell : plan.cells) object["variants"].push_back(ordered_json(cell_to_json(cell)));
  object["batches"] = plan.batches;
  if (plan.dataset) object["dataset"] = dataset_to_json(*plan.dataset);
  if (!plan.gate.empty()) object["gate"] = plan.gate;
  object["settings"] = dump_options(engine::run_option_table(), plan.settings);
  return object;
}

}  // namespace qbench::app
