// SPDX-License-Identifier: Apache-2.0
#include "reports/console_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/units.h"
#include "reports/gate_text.h"
#include "reports/recipe_text.h"
#include "reports/record_text.h"
#include "reports/sentences.h"
#include "reports/sustained_text.h"
#include "reports/table.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr const char* kMissing = "-";
constexpr int kLeastNameColumns = 12;
constexpr int kMostNameColumns = 24;  // in the lines below the table

Tone tone_of(Status status) { return status == Status::kUnsupported ? Tone::kDim : Tone::kBad; }

/// Green and red only for what a verdict says, never for a bare number.
Tone tone_of(const SpeedUp& speed_up) {
  if (speed_up.verdict == "FASTER") return Tone::kGood;
  return speed_up.verdict == "SLOWER" ? Tone::kBad : Tone::kPlain;
}

Tone tone_of(metrics::GateOutcome outcome) {
  if (outcome == metrics::GateOutcome::kPass) return Tone::kGood;
  return outcome == metrics::GateOutcome::kMiss ? Tone::kBad : Tone::kPlain;
}

std::vector<TableColumn> columns_for(const Batches& batches, bool with_recipe) {
  std::vector<TableColumn> columns{{"variant", true, 0, kLeastNameColumns}};
  if (batches.low > 0) {
    columns.insert(columns.end(), {{"kernels", true, 7}, {fmt::format("p50 ms b{}", batches.low)}});
    if (batches.high > batches.low) columns.push_back({fmt::format("/img b{}", batches.high), false, 4});
    columns.push_back({fmt::format("speed-up b{}", batches.low)});
  }
  columns.insert(columns.end(), {{"top-1 %"}, {"\u0394 pp", false, 2}, {"size", false, 5}, {"zstd", false, 8}});
  if (batches.low > 0) columns.push_back({"RSS", false, 6});
  columns.push_back({"status", true, 3});
  if (with_recipe) columns.push_back({"recipe", true, 2});
  return columns;
}

/// Intervals that the sentences below the table or the reports hold, too: they go before any column does.
struct Detail {
  bool top1_interval = true;
  bool p50_interval = true;
};

std::string p50_cell(const LaneComparison* lane, const Detail& detail) {
  if (lane == nullptr || !lane->latency) return kMissing;
  return detail.p50_interval ? p50_text(*lane->latency) : significant(lane->latency->p50_ms);
}

std::string top1_cell(const CellComparison& cell, const Detail& detail) {
  if (!cell.accuracy || cell.accuracy->images == 0) return kMissing;
  return detail.top1_interval ? top1_text(*cell.accuracy) : fmt::format("{:.2f}", kPercent * cell.accuracy->top1);
}

TableCell speed_up_cell(const CellComparison& cell, const LaneComparison* lane) {
  if (cell.baseline) return {"baseline", Tone::kDim};
  if (lane == nullptr || !lane->speed_up) return {kMissing};
  return {speed_up_text(*lane->speed_up), tone_of(*lane->speed_up)};
}

TableCell delta_cell(const CellComparison& cell) {
  if (!cell.accuracy || !cell.accuracy->delta_points) return {kMissing};
  const std::string text = points_text(*cell.accuracy->delta_points);
  if (!cell.accuracy->paired) return {text};
  const std::string& within = cell.accuracy->paired->within_margin;
  if (within == "yes") return {text, Tone::kGood};
  return {within == "no" ? text : text + "?", within == "no" ? Tone::kBad : Tone::kPlain};
}

TableCell bytes_cell(std::int64_t bytes) { return {bytes > 0 ? bytes_text(bytes) : kMissing}; }

/// The columns between the name and the accuracy.
void add_latency_cells(const CellComparison& cell, const CellRecord& record, const Batches& batches,
                       const Detail& detail, std::vector<TableCell>& cells) {
  const LaneComparison* low = cell.lane(batches.low);
  const LaneComparison* high = cell.lane(batches.high);
  const LaneRecord* lane = record.lane(batches.low);
  const std::string kernels = lane == nullptr ? "" : printable(lane->runner.kernels);
  cells.push_back({kernels.empty() ? kMissing : kernels});
  cells.push_back({p50_cell(low, detail)});
  if (batches.high > batches.low) {
    cells.push_back({high != nullptr && high->per_image_ms ? significant(*high->per_image_ms) : kMissing});
  }
  cells.push_back(speed_up_cell(cell, low));
}

std::vector<TableCell> cells_of(const CellComparison& cell, const CellRecord& record, const Batches& batches,
                                const Detail& detail) {
  const LaneComparison* low = cell.lane(batches.low);
  std::vector<TableCell> cells{{(cell.baseline ? "* " : "  ") + printable(cell.label)}};
  if (batches.low > 0) add_latency_cells(cell, record, batches, detail, cells);
  cells.push_back({top1_cell(cell, detail)});
  cells.push_back(delta_cell(cell));
  cells.push_back(bytes_cell(record.model.bytes));
  cells.push_back(bytes_cell(record.model.zstd_bytes));
  if (batches.low > 0) cells.push_back(bytes_cell(low == nullptr ? 0 : low->peak_rss_bytes));
  cells.push_back({status_text(cell.outcome, record), cell.outcome.ok() ? Tone::kPlain : tone_of(cell.outcome.status)});
  return cells;
}

/// What all cells share is told below the table.
bool recipes_differ(const Record& record) {
  return std::ranges::any_of(
      record.cells, [&](const CellRecord& cell) { return !same_values(cell.recipe, record.cells.front().recipe); });
}

Table table_with(const ReportInput& input, const Batches& batches, const Detail& detail) {
  const bool with_recipe = recipes_differ(input.record);
  Table table(columns_for(batches, with_recipe));
  for (std::size_t i = 0; i < input.comparison.cells.size(); ++i) {
    const CellComparison& cell = input.comparison.cells[i];
    std::vector<TableCell> cells = cells_of(cell, input.record.cells.at(i), batches, detail);
    if (with_recipe) cells.push_back({printable(input.record.cells[i].recipe.name)});
    table.add_row(std::move(cells), cell.baseline);
  }
  return table;
}

/// With all intervals that leave room for all columns.
Table::Text drawn_table(const ReportInput& input, const Batches& batches, const ConsoleStyle& style) {
  Table::Text text;
  for (const Detail detail : {Detail{true, true}, Detail{false, true}, Detail{false, false}}) {
    text = table_with(input, batches, detail).draw(style.width, style.colour);
    const bool all_columns = text.left_out.empty();
    if (!detail.top1_interval) text.left_out.emplace_back("the interval of top-1");
    if (!detail.p50_interval) text.left_out.emplace_back("that of p50");
    if (all_columns) break;
  }
  return text;
}

std::string bullet(const std::string& label, const std::string& text, int width, Tone tone, bool colour) {
  return toned(wrapped(fmt::format("  {}: {}", shortened(label, kMostNameColumns), printable(text)), width, 4), tone,
               false, colour) +
         "\n";
}

/// Lines of the cells; what several of them share is said once.
template <typename LinesOf>
std::string shared_bullets(const ReportInput& input, const ConsoleStyle& style, const LinesOf& lines_of_cell) {
  std::vector<std::pair<std::string, std::vector<std::string>>> labels_of_line;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    for (const std::string& line : lines_of_cell(input.record.cells[i])) {
      auto known = std::ranges::find(labels_of_line, line, [](const auto& entry) { return entry.first; });
      if (known == labels_of_line.end()) known = labels_of_line.insert(known, {line, {}});
      known->second.push_back(input.comparison.cells.at(i).label);
    }
  }
  std::string out;
  for (const auto& [line, labels] : labels_of_line) {
    const std::string label = labels.size() == 1 ? labels.front() : fmt::format("{} variants", labels.size());
    out += bullet(label, line, style.width, Tone::kBad, style.colour);
  }
  return out;
}

/// What the cells were fed with and what qbench noticed or assumed.
std::string notes(const ReportInput& input, const ConsoleStyle& style) {
  std::string out;
  for (const std::string& line : recipe_lines(input.record)) {
    out += toned(wrapped("  " + printable(line), style.width, 4), Tone::kPlain, false, style.colour) + "\n";
  }
  out += shared_bullets(input, style, [](const CellRecord& cell) { return cell.warnings; });
  for (const std::string& warning : input.record.warnings) {
    out += bullet("run", warning, style.width, Tone::kBad, style.colour);
  }
  return out;
}

std::string sustained_bullets(const ReportInput& input, const ConsoleStyle& style) {
  std::string out;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const std::string sentence = sustained_sentence(input.record.cells[i]);
    if (sentence.empty()) continue;
    out += bullet(input.comparison.cells.at(i).label, sentence, style.width, Tone::kPlain, style.colour);
  }
  return out;
}

std::string repair_bullets(const ReportInput& input, const ConsoleStyle& style) {
  std::string out;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    for (const std::string& sentence : repair_sentences(input.record.cells[i])) {
      out += bullet(input.comparison.cells.at(i).label, sentence, style.width, Tone::kPlain, style.colour);
    }
  }
  return out;
}

std::string legend(const Comparison& comparison, const Batches& batches, const Table::Text& table, int width) {
  std::string text = "* baseline.";
  if (batches.low > 0) {
    text +=
        " p50: median of one invoke and its 95 % interval. speed-up: baseline's time / this time and its interval over "
        "the rounds. RSS: peak memory of the worker.";
  }
  if (batches.high > batches.low) text += fmt::format(" /img b{0}: ms of a batch of {0} / {0}.", batches.high);
  text += fmt::format(
      " top-1: with its 95 % interval. \u0394 pp: top-1 minus the baseline's in percentage points, ? when "
      "the "
      "images cannot tell whether the loss is within {}.",
      comparison.settings.accuracy_margin_points);
  if (!table.left_out.empty()) text += fmt::format(" Too narrow for: {}.", fmt::join(table.left_out, ", "));
  return wrapped(text, width, 0) + "\n";
}

}  // namespace

bool wants_colour(int fd) {
  const char* no_colour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool refused = no_colour != nullptr && *no_colour != '\0';
  return ::isatty(fd) == 1 && !refused && (term == nullptr || std::strcmp(term, "dumb") != 0);
}

int terminal_width(int fd, int otherwise) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
}

std::string console_table(const ReportInput& input, const ConsoleStyle& style) {
  const Comparison& comparison = input.comparison;
  if (comparison.cells.empty()) return "no cells were measured\n";
  const Batches batches = batches_of(comparison);
  const Table::Text drawn = drawn_table(input, batches, style);
  std::string out = drawn.lines + "\n";
  const std::size_t table_end = out.size();
  for (const CellComparison& cell : comparison.cells) {
    for (const std::string& sentence : verdict_sentences(cell, comparison)) {
      out += bullet(cell.label, sentence, style.width, Tone::kPlain, style.colour);
    }
  }
  for (const std::string& sentence : tradeoff_sentences(comparison)) {
    out += bullet("trade-off", sentence, style.width, Tone::kPlain, style.colour);
  }
  for (std::size_t i = 0; i < comparison.cells.size(); ++i) {
    for (const std::string& sentence : accuracy_sentences(input.record.cells[i])) {
      out += bullet(comparison.cells[i].label, sentence, style.width, Tone::kPlain, style.colour);
    }
  }
  out += sustained_bullets(input, style) + shared_bullets(input, style, tag_lines) + repair_bullets(input, style) +
         notes(input, style);
  if (const std::string sentence = skipped_sentence(input.record); !sentence.empty()) {
    out += bullet("images", sentence, style.width, Tone::kBad, style.colour);
  }
  if (!comparison.baseline_problem.empty()) {
    out +=
        toned(wrapped(printable(comparison.baseline_problem), style.width, 2), Tone::kBad, false, style.colour) + "\n";
  }
  for (const Problem& problem : problems_of(comparison)) {
    out += bullet(problem.label, problem.text, style.width, tone_of(problem.status), style.colour);
  }
  for (const CheckedGate& gate : input.gates) {
    out += bullet(gate.cell, "gate " + gate_sentence(gate), style.width, tone_of(gate.outcome()), style.colour);
  }
  if (input.record.partial) out += "The run was interrupted: this is what was measured until then.\n";
  if (out.size() > table_end) out += "\n";
  return out + legend(comparison, batches, drawn, style.width);
}

}  // namespace qbench::reports
