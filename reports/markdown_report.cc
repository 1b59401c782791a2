// SPDX-License-Identifier: Apache-2.0
#include "reports/markdown_report.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "core/files.h"
#include "reports/board_text.h"
#include "reports/markdown_table.h"
#include "reports/sentences.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr const char* kFile = "report.md";
constexpr std::size_t kMostSkippedShown = 50;

std::string number_text(const std::optional<double>& value) { return value ? significant(*value) : ""; }
std::string size_text(std::int64_t bytes) { return bytes > 0 ? bytes_text(bytes) : ""; }
std::string heading(const char* title) { return fmt::format("## {}\n\n", title); }
std::string line_item(std::string_view text) { return "- " + markdown_escaped(text) + "\n"; }

std::string overview(const ReportInput& input) {
  const Batches batches = batches_of(input.comparison);
  MarkdownTable table({"variant", "kernels", fmt::format("p50 ms, batch {}", batches.low),
                       fmt::format("ms per image, batch {}", batches.high),
                       fmt::format("speed-up, batch {}", batches.low), "top-1 %", "\u0394 points", "size", "zstd",
                       "peak RSS", "status"});
  for (std::size_t i = 0; i < input.comparison.cells.size(); ++i) {
    const CellComparison& cell = input.comparison.cells[i];
    const CellRecord& record = input.record.cells.at(i);
    const LaneComparison* low = cell.lane(batches.low);
    const LaneComparison* high = cell.lane(batches.high);
    const LaneRecord* lane = record.lane(batches.low);
    const bool has_delta = cell.accuracy && cell.accuracy->delta_points;
    table.add_row({cell.label + (cell.baseline ? " (baseline)" : ""), lane == nullptr ? "" : lane->runner.kernels,
                   low != nullptr && low->latency ? p50_text(*low->latency) : "",
                   high != nullptr ? number_text(high->per_image_ms) : "",
                   low != nullptr && low->speed_up ? speed_up_text(*low->speed_up) : "",
                   cell.accuracy ? top1_text(*cell.accuracy) : "",
                   has_delta ? points_text(*cell.accuracy->delta_points) : "", size_text(record.model.bytes),
                   size_text(record.model.zstd_bytes), low == nullptr ? "" : size_text(low->peak_rss_bytes),
                   std::string(status_name(cell.outcome.status))});
  }
  return table.text();
}

std::string verdicts(const Comparison& comparison) {
  std::string out;
  if (!comparison.baseline_problem.empty()) out += line_item(comparison.baseline_problem);
  for (const CellComparison& cell : comparison.cells) {
    for (const std::string& sentence : verdict_sentences(cell, comparison)) {
      out += line_item(cell.label + ": " + sentence);
    }
    for (const LaneComparison& lane : cell.lanes) {
      for (const std::string& flag : lane.flags) {
        out += line_item(fmt::format("{}: batch {}: {}", cell.label, lane.batch, flag));
      }
    }
  }
  return out.empty() ? out : heading("Verdicts") + out + "\n";
}

std::string problems(const Comparison& comparison) {
  std::string out;
  for (const Problem& problem : problems_of(comparison)) out += line_item(problem.label + ": " + problem.text);
  return out.empty() ? out : heading("What did not work, and why") + out + "\n";
}

std::string latency(const Comparison& comparison) {
  MarkdownTable table({"variant", "batch", "samples", "rounds", "min ms", "mean ms", "p50 ms", "p90 ms", "p95 ms",
                       "p99 ms", "ms per image", "per image / batch 1", "verdict"});
  for (const CellComparison& cell : comparison.cells) {
    for (const LaneComparison& lane : cell.lanes) {
      if (!lane.latency) continue;
      const LatencyColumns& time = *lane.latency;
      table.add_row({cell.label, std::to_string(lane.batch), std::to_string(time.samples), std::to_string(time.rounds),
                     significant(time.min_ms), significant(time.mean_ms), significant(time.p50_ms),
                     number_text(time.p90_ms), number_text(time.p95_ms), number_text(time.p99_ms),
                     number_text(lane.per_image_ms), number_text(lane.per_image_vs_batch_1),
                     lane.speed_up ? lane.speed_up->verdict : ""});
    }
  }
  return heading("Speed") + table.text();
}

std::string phases(const ReportInput& input) {
  MarkdownTable table({"variant", "batch", "batching", "load ms", "first invoke ms", "encode \u00b5s",
                       "copy in \u00b5s", "copy out \u00b5s", "CPU ms per invoke", "RSS before", "peak load",
                       "peak first", "peak steady"});
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    for (const LaneRecord& lane : input.record.cells[i].lanes) {
      if (lane.blocks.empty()) continue;
      const MemoryRecord& memory = lane.memory;
      table.add_row({input.comparison.cells.at(i).label, std::to_string(lane.batch), lane.batching,
                     significant(lane.load_ms), significant(lane.first_invoke_ms), significant(lane.encode_us),
                     significant(lane.input_copy_us), significant(lane.output_copy_us), significant(lane.cpu_ms),
                     size_text(memory.before_load), size_text(memory.peak_load), size_text(memory.peak_first),
                     size_text(memory.peak_steady)});
    }
  }
  return heading("Loading, copying and memory") + table.text();
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
  row.push_back(fmt::format("{} to {}", points_text(paired.delta_interval_points.low),
                            points_text(paired.delta_interval_points.high)));
  row.push_back(std::to_string(paired.right_to_wrong));
  row.push_back(std::to_string(paired.wrong_to_right));
  row.push_back(fmt::format("{:.2g}", paired.mcnemar_p));
  row.push_back(paired.within_margin);
  return row;
}

std::string accuracy(const Comparison& comparison) {
  bool any = false;
  MarkdownTable table({"variant", "images", "top-1 %", "top-5 %", "\u0394 points", "95 % interval", "right to wrong",
                       "wrong to right", "McNemar p",
                       fmt::format("within {} points", comparison.settings.accuracy_margin_points)});
  for (const CellComparison& cell : comparison.cells) {
    if (!cell.accuracy || cell.accuracy->images == 0) continue;
    any = true;
    table.add_row(accuracy_row(cell));
  }
  return any ? heading("Accuracy") + table.text() : std::string();
}

std::string dataset(const Record& record) {
  if (!record.dataset) return {};
  const DatasetRecord& data = *record.dataset;
  std::string out = heading("Images");
  out += line_item(fmt::format("{} at {}: {} samples, {} skipped, {} classes, SHA-256 {}", data.kind, data.path,
                               data.samples, data.skipped, data.class_names.size(), data.sha256));
  for (std::size_t i = 0; i < data.skipped_images.size() && i < kMostSkippedShown; ++i) {
    out += line_item(fmt::format("skipped {}: {}", data.skipped_images[i].id, data.skipped_images[i].reason));
  }
  if (data.skipped > static_cast<std::int64_t>(kMostSkippedShown)) out += "- more of them in report.json\n";
  return out + "\n";
}

std::string models(const Record& record) {
  MarkdownTable table({"cell", "precision", "runner", "version", "threads", "recipe", "file", "SHA-256"});
  for (const CellRecord& cell : record.cells) {
    const std::string version = cell.lanes.empty() ? "" : cell.lanes.front().runner.version;
    table.add_row({cell.id, cell.model.precision, cell.runner, version, std::to_string(cell.threads), cell.recipe.name,
                   cell.model.path, cell.model.sha256});
  }
  return heading("Models") + table.text();
}

/// A block by indentation cannot be closed by what stands in it, unlike a fence.
std::string settings(const Record& record) {
  const auto json = nlohmann::ordered_json::parse(record.settings_json, nullptr, false);
  if (json.is_discarded()) return "    {}\n";
  std::istringstream lines(json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  std::string out;
  for (std::string line; std::getline(lines, line);) out += "    " + printable(line) + "\n";
  return out;
}

std::string facts(const Record& record) {
  std::string out = heading("Board");
  for (const std::string& line : board_lines(record.board)) out += line_item(line);
  out += "\n" + heading("How it was measured");
  for (const std::string& line : method_lines(record)) out += line_item(line);
  out += "\n" + heading("Settings");
  return out + settings(record);
}

void write(const ReportInput& input, const std::filesystem::path& folder) {
  write_file_atomic(folder / kFile, markdown_report_text(input));
}

}  // namespace

std::string markdown_report_text(const ReportInput& input) {
  const Record& record = input.record;
  std::string out = fmt::format("# qbench: {}\n\n", markdown_escaped(record.name));
  out += fmt::format("{} on {}, qbench {}{}.\n\n", markdown_escaped(record.created_utc),
                     markdown_escaped(record.board.name), markdown_escaped(record.qbench_version),
                     record.partial ? ". **The run was interrupted; this is what was measured until then**" : "");
  out += overview(input) + verdicts(input.comparison) + problems(input.comparison);
  out += latency(input.comparison) + phases(input) + accuracy(input.comparison);
  std::string warnings;
  for (const std::string& warning : record.warnings) warnings += line_item(warning);
  for (const CellRecord& cell : record.cells) {
    for (const std::string& warning : cell.warnings) warnings += line_item(cell.id + ": " + warning);
  }
  if (!warnings.empty()) out += heading("Warnings") + warnings + "\n";
  return out + dataset(record) + models(record) + facts(record);
}

ReportFormat markdown_report() { return {"markdown", kFile, "the tables and how they were made, for people", write}; }

}  // namespace qbench::reports
