// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_pipeline.h"
#include "core/print.h"
#include "harness/app/kept_profile.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/units.h"
#include "core/utc_time.h"
#include "harness/app/accelerator_probe.h"
#include "harness/app/config.h"
#include "harness/app/finished_run.h"
#include "harness/app/model_labels.h"
#include "harness/app/result_folder.h"
#include "harness/app/run_gates.h"
#include "harness/app/run_output.h"
#include "harness/app/terminal_progress.h"
#include "harness/app/trust.h"
#include "harness/board/board_reader.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/run.h"
#include "harness/engine/worker_program.h"
#include "reports/console_table.h"
#include "reports/gate_check.h"
#include "reports/record_reader.h"
#include "reports/text.h"
#include "version.h"

namespace qbench::app {
namespace {

using Path = std::filesystem::path;

/// JSON is UTF-8. With other names the plan would not be that of the run.
std::string plan_text(const engine::Plan& plan) {
  try {
    return plan_to_json(plan).dump(2) + "\n";
  } catch (const nlohmann::json::type_error&) {
    throw Error(ErrorCode::kUsage,
                "a path or name of this run holds bytes that are no UTF-8, which plan.json cannot keep; rename it");
  }
}

/// A folder of a run that was begun, with its plan, or a new one.
std::pair<ResultFolder, engine::Plan> open_run(const RunFlags& flags, const std::function<engine::Plan()>& make_plan,
                                               const Board& board) {
  if (!flags.resume.empty()) {
    if (!flags.config.empty() || !flags.models.empty() || !flags.gates.empty()) {
      throw Error(ErrorCode::kUsage, "--resume goes on with the plan in '{}'; give no config, model or gate beside it",
                  flags.resume);
    }
    ResultFolder folder = ResultFolder::reopen(flags.resume);
    engine::Plan plan = read_plan_file(folder.path() / "plan.json");
    require_trust(plan, folder.path(), flags);
    return {std::move(folder), std::move(plan)};
  }
  if (flags.trust) throw Error(ErrorCode::kUsage, "--trust is for the plan of a result folder: give --resume with it");
  engine::Plan plan = make_plan();
  check_plan(plan);
  check_gates_fit(plan);
  const std::string text = plan_text(plan);
  ResultFolder folder = ResultFolder::create(flags.output, board, plan.name);
  write_file_atomic(folder.path() / "plan.json", text);
  return {std::move(folder), std::move(plan)};
}

/// No margin below what this board's self-test has shown to be noise.
void widen_margin(engine::RunSettings& settings, const std::optional<selftest::NoiseProfile>& profile) {
  if (profile) settings.margin_percent = std::max(settings.margin_percent, kPercent * profile->latency_floor);
}

void complete_record(Record& record, const engine::Plan& plan, const Board& board) {
  record.qbench_version = kVersion;
  record.git_commit = kGitCommit;
  record.created_utc = utc_now();
  record.settings_json = dump_options(engine::run_option_table(), plan.settings).dump();
  record.board = board;
  if (record.dataset && plan.dataset) record.dataset->path = plan.dataset->path.string();
}

/// What stays the same over the measurements of one call.
struct Pipeline {
  Board board;
  Path worker;
  std::unique_ptr<datasets::Dataset> dataset;
  std::vector<std::string> formats;
  std::vector<std::string> dataset_notes;
  reports::NoiseFloors floors;
  bool quiet = false;
};

/// The dataset, its classes in the order of the models' labels; what a user should know of it is said.
std::unique_ptr<datasets::Dataset> open_images(const engine::Plan& plan, bool quiet, std::vector<std::string>& notes) {
  datasets::DatasetOptions options = *plan.dataset;
  std::vector<Path> models;
  for (const engine::CellPlan& cell : plan.cells) models.push_back(cell.model);
  notes = add_model_labels(options, models);
  auto dataset = datasets::open_dataset(options);
  if (!quiet) {
    for (const std::string& line : notes) print_text(stderr, "{}\n", line);
    for (const std::string& line : dataset_notes(*dataset)) print_text(stderr, "{}\n", line);
  }
  return dataset;
}

JudgedRun measure(const Pipeline& pipeline, const engine::Plan& plan, const Path& folder) {
  engine::SilentProgress silent;
  TerminalProgress terminal(::isatty(STDERR_FILENO) != 0, reports::terminal_width(STDERR_FILENO));
  engine::RunContext context{.folder = folder, .worker = pipeline.worker, .dataset = pipeline.dataset.get()};
  context.board = &pipeline.board;
  context.probe_accelerators = accelerator_probe(pipeline.board);
  context.progress = pipeline.quiet ? static_cast<engine::Progress*>(&silent) : &terminal;
  if (pipeline.dataset) context.predictions = csv_prediction_store(folder, *pipeline.dataset);
  engine::RunResult result = engine::run_plan(plan, context);
  std::optional<Record> before = finished_record(result.record, folder);
  const bool finished_before = before.has_value();
  if (finished_before) {
    result.record = *std::move(before);
  } else {
    reports::check_record(result.record, (folder / "cells.jsonl").string());
    complete_record(result.record, plan, pipeline.board);
    if (result.record.dataset) {
      std::vector<std::string>& notes = result.record.dataset->notes;
      notes.insert(notes.begin(), pipeline.dataset_notes.begin(), pipeline.dataset_notes.end());
    }
  }
  JudgedRun run = judge_run(std::move(result), comparison_settings(plan.settings));
  run.finished_before = finished_before;
  run.gates = reports::check_gates(run.record, run.comparison, gates_of(plan), pipeline.floors);
  return run;
}

RunOutput output_into(const Pipeline& pipeline, const Path& folder) {
  return {.folder = folder, .formats = pipeline.formats, .quiet = pipeline.quiet};
}

/// Measures what missed again, beside `folder`'s results; returns how that run ended.
int confirm_misses(const Pipeline& pipeline, const engine::Plan& plan, const ResultFolder& folder, JudgedRun& run) {
  if (!pipeline.quiet) print_text(stderr, "a gate was missed: measuring again in fresh processes\n");
  const engine::Plan second = remeasure_plan(plan, run.gates);
  const ResultFolder inner = ResultFolder::within(folder, "remeasure");
  write_file_atomic(inner.path() / "plan.json", plan_text(second));
  const JudgedRun again = measure(pipeline, second, inner.path());
  write_reports(again, pipeline.dataset.get(), output_into(pipeline, inner.path()));
  add_second_results(run.gates, again.gates);
  return run_exit_code(again.record);
}

/// Writes first, because nobody may be left to read what is printed; what cannot be written is printed all the same.
void write_and_print(const JudgedRun& run, const datasets::Dataset* dataset, const RunOutput& output) {
  std::exception_ptr unwritten;
  try {
    write_reports(run, dataset, output);
  } catch (const Error&) {
    unwritten = std::current_exception();
  }
  print_run(run, output);
  if (unwritten) std::rethrow_exception(unwritten);
}

}  // namespace

int run_to_reports(const RunFlags& flags, const std::function<engine::Plan()>& make_plan, const GlobalOptions& global) {
  Pipeline pipeline{.board = read_board(), .worker = engine::find_worker_executable(), .quiet = global.quiet};
  pipeline.formats = wanted_formats(flags);
  const std::optional<selftest::NoiseProfile> profile = kept_profile(pipeline.board.id);
  if (profile) pipeline.floors = selftest::noise_floors(*profile);
  auto [folder, plan] = open_run(flags, make_plan, pipeline.board);
  engine::check_settings(plan.settings);
  widen_margin(plan.settings, profile);
  engine::name_cells(plan);
  if (plan.dataset) pipeline.dataset = open_images(plan, global.quiet, pipeline.dataset_notes);

  engine::guard_until_exit();
  JudgedRun run = measure(pipeline, plan, folder.path());
  int second_code = 0;
  if (!run.record.partial && worth_measuring_again(run.gates)) {
    second_code = confirm_misses(pipeline, plan, folder, run);
  }
  const RunOutput output = output_into(pipeline, folder.path());
  write_and_print(run, pipeline.dataset.get(), output);
  return second_code != 0 ? second_code : run_exit_code(run.record, run.gates);
}

}  // namespace qbench::app
