// SPDX-License-Identifier: Apache-2.0
#include "reports/csv_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/files.h"
#include "reports/csv_text.h"

namespace qbench::reports {
namespace {

/// Names and values of one row, kept in step: the functions below are the file's layout.
class TidyRow {
 public:
  void text(const char* name, std::string_view value) {
    names_.text(name);
    values_.text(value);
  }
  void number(const char* name, std::optional<double> value) {
    names_.text(name);
    values_.number(value);
  }
  void integer(const char* name, std::optional<std::int64_t> value) {
    names_.text(name);
    values_.integer(value);
  }
  [[nodiscard]] std::string names() { return names_.take(); }
  [[nodiscard]] std::string values() { return values_.take(); }

 private:
  CsvRow names_;
  CsvRow values_;
};

/// A field of something that may be missing.
template <typename Source, typename T>
std::optional<T> of(const Source* source, T Source::*field) {
  return source != nullptr ? std::optional<T>(source->*field) : std::nullopt;
}
template <typename Source, typename T>
std::optional<T> of(const Source* source, std::optional<T> Source::*field) {
  return source != nullptr ? source->*field : std::nullopt;
}
template <typename Source>
std::string text_of(const Source* source, std::string Source::*field) {
  return source != nullptr ? source->*field : std::string();
}
template <typename T>
const T* pointer_to(const std::optional<T>& value) {
  return value ? &*value : nullptr;
}

std::optional<std::int64_t> if_positive(std::int64_t value) { return value > 0 ? std::optional(value) : std::nullopt; }

void add_identity(TidyRow& row, const Record& record, const CellRecord& cell, const CellComparison& compared) {
  row.text("run", record.name);
  row.text("created_utc", record.created_utc);
  row.text("board", record.board.id);
  row.text("cell", cell.id);
  row.text("variant", cell.variant);
  row.text("precision", cell.model.precision);
  row.text("model_sha256", cell.model.sha256);
  row.text("runner", cell.runner);
  row.integer("threads", cell.threads);
  row.text("recipe", cell.recipe.name);
  row.text("recipe_source", recipe_source_name(cell.recipe_source));
  row.integer("baseline", compared.baseline ? 1 : 0);
}

void add_lane(TidyRow& row, const LaneRecord* lane, const Outcome& outcome) {
  const RunnerRecord* runner = lane != nullptr ? &lane->runner : nullptr;
  row.text("runner_version", text_of(runner, &RunnerRecord::version));
  row.text("kernels", text_of(runner, &RunnerRecord::kernels));
  row.integer("batch", of(lane, &LaneRecord::batch));
  row.text("batching", text_of(lane, &LaneRecord::batching));
  row.text("status", status_name(outcome.status));
  row.text("reason", outcome.reason);
}

void add_latency(TidyRow& row, const LatencyColumns* latency) {
  const metrics::Interval* interval = latency != nullptr ? pointer_to(latency->p50_interval_ms) : nullptr;
  row.integer("samples", of(latency, &LatencyColumns::samples));
  row.number("min_ms", of(latency, &LatencyColumns::min_ms));
  row.number("mean_ms", of(latency, &LatencyColumns::mean_ms));
  row.number("p50_ms", of(latency, &LatencyColumns::p50_ms));
  row.number("p50_low_ms", of(interval, &metrics::Interval::low));
  row.number("p50_high_ms", of(interval, &metrics::Interval::high));
  row.number("p90_ms", of(latency, &LatencyColumns::p90_ms));
  row.number("p95_ms", of(latency, &LatencyColumns::p95_ms));
  row.number("p99_ms", of(latency, &LatencyColumns::p99_ms));
}

/// Only where there is a delegate.
std::optional<double> delegate_ms(const LaneRecord* lane) {
  if (lane == nullptr || lane->runner.delegate_create_ms <= 0.0) return std::nullopt;
  return lane->runner.delegate_create_ms;
}

void add_phases(TidyRow& row, const LaneRecord* timed_lane) {
  row.number("load_ms", of(timed_lane, &LaneRecord::load_ms));
  row.number("delegate_create_ms", delegate_ms(timed_lane));
  row.number("first_invoke_ms", of(timed_lane, &LaneRecord::first_invoke_ms));
  row.number("cpu_ms", of(timed_lane, &LaneRecord::cpu_ms));
  row.number("encode_us", of(timed_lane, &LaneRecord::encode_us));
  row.number("input_copy_us", of(timed_lane, &LaneRecord::input_copy_us));
  row.number("output_copy_us", of(timed_lane, &LaneRecord::output_copy_us));
}

void add_board(TidyRow& row, const LaneRecord* lane) {
  row.text("tags", lane != nullptr ? fmt::format("{}", fmt::join(lane->tags, ";")) : "");
  row.number("joules_per_image", lane != nullptr ? lane->energy.joules : std::nullopt);
  row.text("energy_meter", lane != nullptr ? lane->energy.meter : "");
}

/// Belongs to batch 1.
void add_sustained(TidyRow& row, const SustainedRecord* sustained) {
  const SustainedFigures* figures = sustained != nullptr ? &sustained->figures : nullptr;
  row.number("sustained_cold_ms", of(figures, &SustainedFigures::cold_ms));
  row.number("sustained_steady_ms", of(figures, &SustainedFigures::steady_ms));
  row.number("sustained_steady_after_s", of(figures, &SustainedFigures::steady_after_s));
  row.number("sustained_joules_per_image", sustained != nullptr ? sustained->energy.joules : std::nullopt);
}

void add_against_baseline(TidyRow& row, const LaneComparison* lane) {
  const SpeedUp* speed_up = lane != nullptr ? pointer_to(lane->speed_up) : nullptr;
  const metrics::Interval* interval = speed_up != nullptr ? pointer_to(speed_up->paired_interval) : nullptr;
  row.number("per_image_ms", of(lane, &LaneComparison::per_image_ms));
  row.number("per_image_vs_batch_1", of(lane, &LaneComparison::per_image_vs_batch_1));
  row.number("speed_up", speed_up != nullptr ? std::optional(speed_up->shown_ratio()) : std::nullopt);
  row.number("speed_up_low", of(interval, &metrics::Interval::low));
  row.number("speed_up_high", of(interval, &metrics::Interval::high));
  row.number("p50_ratio", of(speed_up, &SpeedUp::ratio));
  row.text("latency_verdict", text_of(speed_up, &SpeedUp::verdict));
  row.text("causes", lane != nullptr ? fmt::format("{}", fmt::join(lane->causes, "; ")) : "");
  row.integer("peak_rss_bytes", lane != nullptr ? if_positive(lane->peak_rss_bytes) : std::nullopt);
  row.integer("peak_rss_delta_bytes", of(lane, &LaneComparison::peak_rss_delta_bytes));
}

void add_size(TidyRow& row, const ModelRecord& model, const CellComparison& compared) {
  row.integer("file_bytes", if_positive(model.bytes));
  row.number("size_ratio", compared.size_ratio);
  row.integer("zstd_bytes", if_positive(model.zstd_bytes));
  row.number("zstd_ratio", compared.zstd_ratio);
}

void add_accuracy(TidyRow& row, const AccuracyColumns* accuracy) {
  const metrics::Interval* wilson = accuracy != nullptr ? pointer_to(accuracy->top1_interval) : nullptr;
  const PairedAccuracy* paired = accuracy != nullptr ? pointer_to(accuracy->paired) : nullptr;
  const metrics::Interval* delta = paired != nullptr ? &paired->delta_interval_points : nullptr;
  row.integer("images", of(accuracy, &AccuracyColumns::images));
  row.integer("correct", of(accuracy, &AccuracyColumns::correct));
  row.number("top1", of(accuracy, &AccuracyColumns::top1));
  row.number("top1_low", of(wilson, &metrics::Interval::low));
  row.number("top1_high", of(wilson, &metrics::Interval::high));
  row.number("top5", of(accuracy, &AccuracyColumns::top5));
  row.number("delta_points", of(accuracy, &AccuracyColumns::delta_points));
  row.number("delta_low_points", of(delta, &metrics::Interval::low));
  row.number("delta_high_points", of(delta, &metrics::Interval::high));
  row.integer("right_to_wrong", of(paired, &PairedAccuracy::right_to_wrong));
  row.integer("wrong_to_right", of(paired, &PairedAccuracy::wrong_to_right));
  row.number("mcnemar_p", of(paired, &PairedAccuracy::mcnemar_p));
  row.text("within_margin", text_of(paired, &PairedAccuracy::within_margin));
}

void add_scores(TidyRow& row, const AccuracyRecord* record, const AccuracyColumns* accuracy) {
  const DivergenceRecord* divergence = accuracy != nullptr ? pointer_to(accuracy->divergence) : nullptr;
  row.number("kl_mean", of(divergence, &DivergenceRecord::kl_mean));
  row.number("kl_p99", of(divergence, &DivergenceRecord::kl_p99));
  row.number("kl_score_step", of(divergence, &DivergenceRecord::score_step));
  const TieRecord* top1 = record != nullptr ? pointer_to(record->top1_ties) : nullptr;
  const TieRecord* top5 = record != nullptr ? pointer_to(record->top5_ties) : nullptr;
  row.integer("top1_ties", of(top1, &TieRecord::images));
  row.integer("top1_ties_correct_low", of(top1, &TieRecord::low));
  row.integer("top1_ties_correct_high", of(top1, &TieRecord::high));
  row.integer("top5_ties", of(top5, &TieRecord::images));
  row.integer("top5_ties_correct_low", of(top5, &TieRecord::low));
  row.integer("top5_ties_correct_high", of(top5, &TieRecord::high));
}

/// `lane` and `compared_lane` are nullptr for a cell without lanes.
TidyRow tidy_row(const Record& record, const CellRecord& cell, const CellComparison& compared, const LaneRecord* lane,
                 const LaneComparison* compared_lane) {
  const LatencyColumns* latency = compared_lane != nullptr ? pointer_to(compared_lane->latency) : nullptr;
  const AccuracyColumns* accuracy = pointer_to(compared.accuracy);
  TidyRow row;
  add_identity(row, record, cell, compared);
  add_lane(row, lane, lane != nullptr ? lane->outcome : compared.outcome);
  add_latency(row, latency);
  add_phases(row, latency != nullptr ? lane : nullptr);
  add_board(row, lane);
  add_sustained(row, lane != nullptr && lane->batch == 1 ? pointer_to(cell.sustained) : nullptr);
  add_against_baseline(row, compared_lane);
  add_size(row, cell.model, compared);
  const bool scored = accuracy != nullptr && accuracy->images > 0;
  add_accuracy(row, scored ? accuracy : nullptr);
  add_scores(row, scored ? pointer_to(cell.accuracy) : nullptr, scored ? accuracy : nullptr);
  return row;
}

}  // namespace

std::string csv_report_text(const ReportInput& input) {
  std::string text = tidy_row(input.record, {}, {}, nullptr, nullptr).names();
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const CellRecord& cell = input.record.cells[i];
    const CellComparison& compared = input.comparison.cells.at(i);
    if (cell.lanes.empty()) text += tidy_row(input.record, cell, compared, nullptr, nullptr).values();
    for (std::size_t j = 0; j < cell.lanes.size(); ++j) {
      text += tidy_row(input.record, cell, compared, &cell.lanes[j], &compared.lanes.at(j)).values();
    }
  }
  return text;
}

ReportFormat csv_report() {
  return {"csv", "report.csv", "one row for each cell and batch, for spreadsheets", csv_report_text};
}

}  // namespace qbench::reports
