// SPDX-License-Identifier: Apache-2.0
#include "reports/text_table.h"

#include <fmt/format.h>

#include "reports/recipe_text.h"
#include "reports/sentences.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

std::string number_text(const std::optional<double>& value) { return value ? significant(*value) : ""; }
std::string size_text(std::int64_t bytes) { return bytes > 0 ? bytes_text(bytes) : ""; }

/// Making a vendor's delegate; part of the load time.
std::string delegate_text(const RunnerRecord& runner) {
  return runner.delegate_create_ms > 0.0 ? significant(runner.delegate_create_ms) : "";
}

std::string interval_text(const metrics::Interval& points) {
  return fmt::format("{} to {}", points_text(points.low), points_text(points.high));
}

void append_markdown_row(const std::vector<std::string>& cells, std::string& out) {
  for (const std::string& cell : cells) out += "| " + (cell.empty() ? "-" : markdown_escaped(cell)) + " ";
  out += "|\n";
}

/// Columns of the overview, in the order of overview_titles().
std::vector<std::string> overview_row(const CellComparison& cell, const CellRecord& record, const Batches& batches) {
  const LaneComparison* low = cell.lane(batches.low);
  const LaneComparison* high = cell.lane(batches.high);
  const LaneRecord* lane = record.lane(batches.low);
  std::vector<std::string> row{cell.label + (cell.baseline ? " (baseline)" : ""), status_text(cell.outcome, record)};
  if (batches.low > 0) {
    row.push_back(lane == nullptr ? "" : lane->runner.kernels);
    row.push_back(low != nullptr && low->latency ? p50_text(*low->latency) : "");
    if (batches.high > batches.low) row.push_back(high != nullptr ? number_text(high->per_image_ms) : "");
    row.push_back(low != nullptr && low->speed_up ? speed_up_text(*low->speed_up) : "");
  }
  const bool has_delta = cell.accuracy && cell.accuracy->delta_points;
  row.push_back(cell.accuracy ? top1_text(*cell.accuracy) : "");
  row.push_back(has_delta ? points_text(*cell.accuracy->delta_points) : "");
  row.push_back(size_text(record.model.bytes));
  row.push_back(size_text(record.model.zstd_bytes));
  if (batches.low > 0) row.push_back(low == nullptr ? "" : size_text(low->peak_rss_bytes));
  row.push_back(cell.accuracy ? record.recipe.name : "");
  return row;
}

std::vector<std::string> overview_titles(const Batches& batches) {
  std::vector<std::string> titles{"variant", "status"};  // where a narrow window shows it
  if (batches.low > 0) {
    titles.emplace_back("kernels");
    titles.push_back(fmt::format("p50 ms, batch {}", batches.low));
    if (batches.high > batches.low) titles.push_back(fmt::format("ms per image, batch {}", batches.high));
    titles.push_back(fmt::format("speed-up, batch {}", batches.low));
  }
  for (const char* title : {"top-1 %", "\u0394 points", "size", "zstd"}) titles.emplace_back(title);
  if (batches.low > 0) titles.emplace_back("peak RSS");
  titles.emplace_back("recipe");
  return titles;
}

std::vector<std::string> accuracy_row(const CellComparison& cell) {
  const AccuracyColumns& accuracy = *cell.accuracy;
  std::vector<std::string> row{cell.label, std::to_string(accuracy.images), top1_text(accuracy),
                               fmt::format("{:.2f}", 100.0 * accuracy.top5),
                               accuracy.delta_points ? points_text(*accuracy.delta_points) : ""};
  if (!accuracy.paired) {
    row.resize(row.size() + 5);
    return row;
  }
  const PairedAccuracy& paired = *accuracy.paired;
  row.push_back(interval_text(paired.delta_interval_points));
  row.push_back(std::to_string(paired.right_to_wrong));
  row.push_back(std::to_string(paired.wrong_to_right));
  row.push_back(fmt::format("{:.2g}", paired.mcnemar_p));
  row.push_back(paired.within_margin);
  return row;
}

}  // namespace

TextTable overview_table(const ReportInput& input) {
  const Batches batches = batches_of(input.comparison);
  TextTable table{overview_titles(batches), {}};
  for (std::size_t i = 0; i < input.comparison.cells.size(); ++i) {
    table.rows.push_back(overview_row(input.comparison.cells[i], input.record.cells.at(i), batches));
  }
  return table;
}

TextTable speed_table(const ReportInput& input) {
  TextTable table{{"variant", "batch", "samples", "rounds", "min ms", "mean ms", "p50 ms", "p90 ms", "p95 ms", "p99 ms",
                   "ms per image", "per image / batch 1", "verdict"},
                  {}};
  for (const CellComparison& cell : input.comparison.cells) {
    for (const LaneComparison& lane : cell.lanes) {
      if (!lane.latency) continue;
      const LatencyColumns& time = *lane.latency;
      table.rows.push_back({cell.label, std::to_string(lane.batch), std::to_string(time.samples),
                            std::to_string(time.rounds), significant(time.min_ms), significant(time.mean_ms),
                            significant(time.p50_ms), number_text(time.p90_ms), number_text(time.p95_ms),
                            number_text(time.p99_ms), number_text(lane.per_image_ms),
                            number_text(lane.per_image_vs_batch_1), lane.speed_up ? lane.speed_up->verdict : ""});
    }
  }
  return table;
}

TextTable phases_table(const ReportInput& input) {
  TextTable table{
      {"variant", "batch", "batching", "load ms", "delegate ms", "first invoke ms", "encode \u00b5s", "copy in \u00b5s",
       "copy out \u00b5s", "CPU ms per invoke", "RSS before", "peak load", "peak first", "peak steady"},
      {}};
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    for (const LaneRecord& lane : input.record.cells[i].lanes) {
      if (lane.blocks.empty()) continue;
      const MemoryRecord& memory = lane.memory;
      table.rows.push_back({input.comparison.cells.at(i).label, std::to_string(lane.batch), lane.batching,
                            significant(lane.load_ms), delegate_text(lane.runner), significant(lane.first_invoke_ms),
                            significant(lane.encode_us), significant(lane.input_copy_us),
                            significant(lane.output_copy_us), significant(lane.cpu_ms), size_text(memory.before_load),
                            size_text(memory.peak_load), size_text(memory.peak_first), size_text(memory.peak_steady)});
    }
  }
  return table;
}

TextTable accuracy_table(const ReportInput& input) {
  const double margin = input.comparison.settings.accuracy_margin_points;
  TextTable table{{"variant", "images", "top-1 %", "top-5 %", "\u0394 points", "95 % interval", "right to wrong",
                   "wrong to right", "McNemar p", fmt::format("within {} points", margin)},
                  {}};
  for (const CellComparison& cell : input.comparison.cells) {
    if (cell.accuracy && cell.accuracy->images > 0) table.rows.push_back(accuracy_row(cell));
  }
  return table;
}

TextTable models_table(const ReportInput& input) {
  TextTable table{{"cell", "precision", "runner", "version", "threads", "recipe", "from", "file", "SHA-256"}, {}};
  for (const CellRecord& cell : input.record.cells) {
    const std::string version = cell.lanes.empty() ? "" : cell.lanes.front().runner.version;
    table.rows.push_back({cell.id, cell.model.precision, cell.runner, version, std::to_string(cell.threads),
                          cell.recipe.name, std::string(recipe_source_name(cell.recipe_source)), cell.model.path,
                          cell.model.sha256});
  }
  return table;
}

std::string markdown_table(const TextTable& table) {
  if (table.rows.empty()) return {};
  std::string out;
  append_markdown_row(table.titles, out);
  for (std::size_t i = 0; i < table.titles.size(); ++i) out += i == 0 ? "|:--" : "|--:";
  out += "|\n";
  for (const auto& row : table.rows) append_markdown_row(row, out);
  return out + "\n";
}

}  // namespace qbench::reports
