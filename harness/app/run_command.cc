// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "harness/app/commands.h"
#include "harness/app/config.h"
#include "harness/app/option_flags.h"
#include "harness/app/run_output.h"
#include "harness/app/terminal_progress.h"
#include "harness/board/board_reader.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/run.h"
#include "harness/engine/worker_process.h"
#include "reports/builtin.h"
#include "reports/console_table.h"
#include "version.h"

namespace qbench::app {
namespace {

using nlohmann::json;
using Path = std::filesystem::path;

/// The command line as given; empty means "not given".
struct RunFlags {
  std::string config;
  std::vector<std::string> models;
  std::string data, list, labels, recipe;
  std::size_t limit = 0;
  std::vector<int> batches, threads;
  std::vector<std::string> kernels, libraries;
  std::string delegate;
  std::vector<std::string> delegate_options;
  std::string output, resume;
  std::vector<std::string> formats;
  engine::RunSettings settings;
  std::set<std::string> given_settings;
};

/// A flag with one value; given twice, the later one wins.
template <typename Value>
void add_single(CLI::App& command, const std::string& name, Value& value, const std::string& help) {
  command.add_option(name, value, help)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

template <typename Value>
void add_list(CLI::App& command, const std::string& name, std::vector<Value>& values, const std::string& help) {
  command.add_option(name, values, help)->delimiter(',');
}

void add_flags(CLI::App& command, RunFlags& flags) {
  command.add_option("config", flags.config, "Plan as a JSON file (see configs/)");
  add_list(command, "-m,--model", flags.models, "Model file; repeat it, the first is the baseline; NAME=FILE names it");
  add_single(command, "-d,--data", flags.data, "Dataset: folder of class folders, CIFAR-10 or EEMBC binaries");
  add_single(command, "--list", flags.list, "List of 'path,label' lines for a flat folder of images");
  add_single(command, "--labels", flags.labels, "Class names, one a line; fixes the class order");
  add_single(command, "--limit", flags.limit, "Use only this many images, balanced over the classes");
  add_single(command, "--recipe", flags.recipe, "Preprocessing: a name ('qbench list'), a JSON file, or auto");
  add_list(command, "-b,--batch", flags.batches, "Batch sizes (default 1,64)");
  add_list(command, "-t,--threads", flags.threads, "Threads of the runtime; a list makes a cell each");
  add_list(command, "--kernels", flags.kernels, "auto, xnnpack, builtin; a list makes a cell each");
  add_list(command, "--library", flags.libraries, "Runtime library; a list makes a cell each");
  add_single(command, "--delegate", flags.delegate, "Vendor delegate library, e.g. libedgetpu.so.1");
  add_list(command, "--delegate-option", flags.delegate_options, "KEY=VALUE for the delegate; repeatable");
  add_single(command, "-o,--output", flags.output, "Result folder (default results/<time>-<board>-<plan>)");
  add_single(command, "--resume", flags.resume, "Go on with an interrupted run in this result folder");
  add_list(command, "--formats", flags.formats, "Report formats (default: all)");
  add_option_flags(command, engine::run_option_table(), flags.settings, flags.given_settings);
}

std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

/// NAME=FILE or FILE; a file that exists under the whole text is not split.
json variant_from(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || std::filesystem::exists(text)) return {{"model", absolute(text)}};
  return {{"name", text.substr(0, equals)}, {"model", absolute(text.substr(equals + 1))}};
}

void override_runners(json& plan, const RunFlags& flags) {
  if (flags.threads.empty() && flags.kernels.empty() && flags.libraries.empty() && flags.delegate.empty()) return;
  json runner = json::object();
  if (!flags.threads.empty()) runner["threads"] = flags.threads;
  if (!flags.kernels.empty()) runner["kernels"] = flags.kernels;
  if (!flags.libraries.empty()) {
    runner["library"] = json::array();
    for (const std::string& library : flags.libraries) {
      runner["library"].push_back(library.find('/') == std::string::npos ? library : absolute(library));
    }
  }
  if (!flags.delegate.empty()) {
    runner["delegate"]["library"] =
        flags.delegate.find('/') == std::string::npos ? flags.delegate : absolute(flags.delegate);
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
  if (flags.data.empty() && flags.list.empty() && flags.labels.empty() && flags.limit == 0) return;
  json dataset = plan.value("dataset", json::object());
  if (dataset.is_string()) dataset = {{"path", dataset}};
  if (!flags.data.empty()) dataset["path"] = absolute(flags.data);
  if (!flags.list.empty()) dataset["list"] = absolute(flags.list);
  if (!flags.labels.empty()) dataset["labels"] = absolute(flags.labels);
  if (flags.limit > 0) dataset["limit"] = flags.limit;
  plan["dataset"] = std::move(dataset);
}

json recipe_from(const std::string& text) {
  if (!text.ends_with(".json")) return text;
  try {
    return json::parse(read_text_file(text));
  } catch (const json::exception& error) {
    throw Error(ErrorCode::kConfig, "recipe '{}' is not valid JSON: {}", text, error.what());
  }
}

/// The config's plan with the command line laid over it.
engine::Plan plan_from_flags(const RunFlags& flags) {
  json object = json::object();
  Path base = std::filesystem::current_path();
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
  if (!flags.batches.empty()) object["batches"] = flags.batches;
  engine::Plan plan = plan_from_json(object, where, base);
  apply_given(engine::run_option_table(), flags.settings, flags.given_settings, plan.settings);
  return plan;
}

void check_plan(const engine::Plan& plan) {
  engine::check_settings(plan.settings);
  if (plan.cells.empty()) {
    throw Error(ErrorCode::kUsage, "nothing to run: give a config file or --model FILE; see 'qbench run --help'");
  }
  for (const engine::CellPlan& cell : plan.cells) {
    if (!std::filesystem::exists(cell.model)) {
      throw Error(ErrorCode::kIo, "there is no model file '{}' (variant '{}')", cell.model.string(), cell.variant);
    }
  }
}

std::string utc_now() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// A folder of a run that was begun, with its plan, or a new one.
std::pair<Path, engine::Plan> open_run(const RunFlags& flags, const Board& board) {
  if (!flags.resume.empty()) {
    if (!flags.config.empty() || !flags.models.empty()) {
      throw Error(ErrorCode::kUsage, "--resume goes on with the plan in '{}'; give no config or model beside it",
                  flags.resume);
    }
    return {flags.resume, read_plan_file(Path(flags.resume) / "plan.json")};
  }
  engine::Plan plan = plan_from_flags(flags);
  check_plan(plan);
  const Path folder = create_result_folder(flags.output, board, plan.name);
  write_file_atomic(folder / "plan.json", plan_to_json(plan).dump(2) + "\n");
  return {folder, std::move(plan)};
}

std::vector<std::string> wanted_formats(const RunFlags& flags) {
  std::vector<std::string> names;
  for (const reports::ReportFormat& format : reports::report_formats()) names.push_back(format.name);
  if (flags.formats.empty()) return names;
  for (const std::string& name : flags.formats) (void)reports::report_format(name);  // unknown names are refused early
  return flags.formats;
}

void complete_record(Record& record, const engine::Plan& plan, const Board& board) {
  record.qbench_version = kVersion;
  record.git_commit = kGitCommit;
  record.created_utc = utc_now();
  record.settings_json = dump_options(engine::run_option_table(), plan.settings).dump();
  record.board = board;
  if (record.dataset && plan.dataset) record.dataset->path = plan.dataset->path.string();
}

int run_command(const RunFlags& flags, const GlobalOptions& global) {
  const std::vector<std::string> formats = wanted_formats(flags);
  const Path worker = engine::find_worker_executable();
  const Board board = read_board();
  auto [folder, plan] = open_run(flags, board);
  engine::check_settings(plan.settings);
  engine::name_cells(plan);
  std::unique_ptr<datasets::Dataset> dataset;
  if (plan.dataset) dataset = datasets::open_dataset(*plan.dataset);

  engine::SilentProgress silent;
  TerminalProgress terminal(::isatty(STDERR_FILENO) != 0, reports::terminal_width(STDERR_FILENO));
  engine::RunContext context{.folder = folder, .worker = worker, .dataset = dataset.get()};
  context.progress = global.quiet ? static_cast<engine::Progress*>(&silent) : &terminal;
  if (dataset) context.predictions = csv_prediction_store(folder, *dataset);

  const engine::InterruptGuard guard;
  engine::RunResult result = engine::run_plan(plan, context);
  complete_record(result.record, plan, board);
  write_reports(
      result, dataset.get(),
      {.folder = folder, .formats = formats, .margin_points = plan.settings.margin_points, .quiet = global.quiet});
  return run_exit_code(result.record);
}

}  // namespace

void add_run_command(CLI::App& app, const GlobalOptions& global, CommandResult& result) {
  CLI::App* command =
      app.add_subcommand("run", "Compare the variants of one classifier: latency, accuracy, size, memory");
  auto flags = std::make_shared<RunFlags>();
  add_flags(*command, *flags);
  command->footer("Example: qbench run --model fp32.tflite --model int8.tflite --data images/ --limit 500");
  command->callback([flags, &global, &result] { result.exit_code = run_command(*flags, global); });
}

}  // namespace qbench::app
