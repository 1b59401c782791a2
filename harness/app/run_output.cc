// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_output.h"
#include "core/print.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "core/error.h"
#include "harness/engine/looks.h"
#include "reports/builtin.h"
#include "reports/console_table.h"
#include "reports/predictions_csv.h"
#include "reports/recipe_text.h"

namespace qbench::app {
namespace {

std::string sample_name(const datasets::Dataset& dataset, std::size_t index) {
  return index < dataset.samples().size() ? dataset.samples()[index].id : std::to_string(index);
}

/// A limit on accuracy of a cell that was fed otherwise than its baseline: nobody may take it for passed.
bool rests_on_other_values(const Record& record, const reports::CheckedGate& gate) {
  const metrics::GateMetric metric = gate.result.gate.metric;
  if (metric != metrics::GateMetric::kTop1 && metric != metrics::GateMetric::kTop5) return false;
  const auto cell = std::ranges::find(record.cells, gate.cell, &CellRecord::id);
  return cell != record.cells.end() && !reports::recipe_conflict(*cell, record.baseline_of(*cell)).empty();
}

}  // namespace

engine::PredictionStore csv_prediction_store(const std::filesystem::path& folder, const datasets::Dataset& dataset) {
  engine::PredictionStore store;
  store.save = [folder, &dataset](const std::string& cell, const std::vector<Prediction>& predictions) {
    const std::string relative = "predictions/" + cell + ".csv";
    std::filesystem::create_directories(folder / "predictions");
    reports::PredictionsWriter writer(folder / relative);
    for (const Prediction& prediction : predictions) writer.add(sample_name(dataset, prediction.sample), prediction);
    writer.finish();
    return relative;
  };
  store.load = [folder](const std::string& cell) {
    return reports::read_predictions_csv(folder / "predictions" / (cell + ".csv")).predictions;
  };
  return store;
}

reports::ComparisonSettings comparison_settings(const engine::RunSettings& settings) {
  return {.latency = engine::latency_options(settings),
          .accuracy_margin_points = settings.margin_points,
          .choose = settings.choose};
}

JudgedRun judge_run(engine::RunResult result, const reports::ComparisonSettings& settings) {
  JudgedRun run;
  for (auto& [cell, list] : result.predictions) run.predictions.push_back({cell, std::move(list)});
  run.comparison = reports::compare_cells(result.record, run.predictions, settings);
  run.record = std::move(result.record);
  return run;
}

void write_reports(const JudgedRun& run, const datasets::Dataset* dataset, const RunOutput& output) {
  reports::ReportInput input{
      .record = run.record, .comparison = run.comparison, .predictions = run.predictions, .gates = run.gates};
  if (dataset != nullptr) input.sample_name = [dataset](std::size_t index) { return sample_name(*dataset, index); };
  std::string problems;
  for (const std::string& name : output.formats) {
    const reports::ReportFormat& format = reports::report_format(name);
    std::error_code ignored;
    if (run.finished_before && std::filesystem::exists(output.folder / format.file, ignored)) continue;
    try {
      reports::write_report(format, input, output.folder);
    } catch (const Error& error) {
      problems += fmt::format("{}{}", problems.empty() ? "" : "; ", error.what());
    }
  }
  if (!problems.empty()) throw Error(ErrorCode::kIo, "{}", problems);
}

void print_run(const JudgedRun& run, const RunOutput& output) {
  const reports::ReportInput input{
      .record = run.record, .comparison = run.comparison, .predictions = run.predictions, .gates = run.gates};
  const reports::ConsoleStyle style{.width = reports::terminal_width(STDOUT_FILENO),
                                    .colour = reports::wants_colour(STDOUT_FILENO)};
  print_block(stdout, reports::console_table(input, style));
  if (!output.quiet) print_text("Reports: {}\n", output.folder.string());
}

int run_exit_code(const Record& record) {
  bool failed = record.partial;
  for (const CellRecord& cell : record.cells) {
    const Status status = cell.worst().status;
    failed |= status != Status::kOk && status != Status::kUnsupported;
  }
  return static_cast<int>(failed ? ExitCode::kCellFailed : ExitCode::kDone);
}

int run_exit_code(const Record& record, const std::vector<reports::CheckedGate>& gates) {
  const bool missed = std::ranges::any_of(
      gates, [](const reports::CheckedGate& gate) { return gate.outcome() == metrics::GateOutcome::kMiss; });
  const int code = run_exit_code(record);
  if (code == 0 && missed) return static_cast<int>(ExitCode::kGateMissed);
  const bool judged =
      std::ranges::none_of(gates, [&](const auto& gate) { return rests_on_other_values(record, gate); });
  return code == 0 && !judged ? static_cast<int>(ExitCode::kNotComparable) : code;
}

}  // namespace qbench::app
