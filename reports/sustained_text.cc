// SPDX-License-Identifier: Apache-2.0
#include "reports/sustained_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "reports/sentences.h"
#include "reports/svg_chart.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr double kSecondsPerMinute = 60.0;
constexpr std::size_t kMostLines = 8;

std::string number_or_dash(const std::optional<double>& value) { return value ? significant(*value) : ""; }

void add_tag_lines(const std::string& where, const std::vector<std::string>& tags,
                   const std::vector<std::string>& reasons, std::vector<std::string>& lines) {
  for (const std::string& reason : reasons)
    lines.push_back(fmt::format("{} {}: {}", where, fmt::join(tags, ", "), reason));
}

std::vector<std::string> energy_row(const std::string& label, const std::string& work, const EnergyUse& energy) {
  return {label, work, energy.joules ? significant(*energy.joules * 1e3) : "", energy.meter,
          energy.joules ? (energy.estimated ? "power times time" : "counter") : energy.reason};
}

/// One line a key of the samples' map, over the minutes of the run.
template <typename Values>
std::vector<ChartLine> lines_of(const Record& record, Values BoardSample::*field, double scale) {
  std::map<std::string, std::vector<std::pair<double, double>>> points;
  for (const BoardPoint& point : record.board_series) {
    for (const auto& [name, value] : point.sample.*field) {
      points[name].emplace_back(point.at_s, static_cast<double>(value) * scale);
    }
  }
  std::vector<ChartLine> lines;
  for (auto& [name, series] : points) {
    if (lines.size() == kMostLines) break;
    lines.push_back({name, lines.size(), std::move(series)});
  }
  return lines;
}

}  // namespace

std::vector<std::string> tag_lines(const CellRecord& cell) {
  std::vector<std::string> lines;
  for (const LaneRecord& lane : cell.lanes) {
    add_tag_lines(fmt::format("batch {}", lane.batch), lane.tags, lane.tag_reasons, lines);
  }
  if (cell.sustained) add_tag_lines("sustained", cell.sustained->tags, cell.sustained->tag_reasons, lines);
  return lines;
}

std::string sustained_sentence(const CellRecord& cell) {
  if (!cell.sustained) return {};
  const SustainedRecord& sustained = *cell.sustained;
  const SustainedFigures& figures = sustained.figures;
  if (!figures.cold_ms) {
    const std::string& reason = sustained.outcome.reason;
    return fmt::format("sustained: no window was finished{}", reason.empty() ? "" : ": " + reason);
  }
  std::string text = fmt::format("sustained {:g} s: p50 {} ms in the first {:g} s, ", figures.seconds,
                                 significant(*figures.cold_ms), figures.window_s);
  if (figures.steady_ms) {
    text += fmt::format("{} ms steady after {:.0f} s ({:.3f} of the first)", significant(*figures.steady_ms),
                        *figures.steady_after_s, *figures.steady_ms / *figures.cold_ms);
  } else {
    text += "no steady state was reached";
  }
  if (sustained.partial) text += "; interrupted";
  if (!sustained.outcome.ok()) {
    text += fmt::format("; {}: {}", status_name(sustained.outcome.status), sustained.outcome.reason);
  }
  return text;
}

TextTable sustained_table(const ReportInput& input) {
  TextTable table{{"variant", "from s", "seconds", "invokes", "p50 ms", "p90 ms", "MHz", "\u00b0C"}, {}};
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    if (!input.record.cells[i].sustained) continue;
    for (const SustainedWindow& window : input.record.cells[i].sustained->figures.windows) {
      table.rows.push_back({input.comparison.cells.at(i).label, fmt::format("{:.1f}", window.start_s),
                            fmt::format("{:.1f}", window.seconds), std::to_string(window.invokes),
                            significant(window.p50_ms), number_or_dash(window.p90_ms), number_or_dash(window.mhz),
                            number_or_dash(window.celsius)});
    }
  }
  return table;
}

TextTable energy_table(const ReportInput& input) {
  TextTable table{{"variant", "work", "mJ per image", "meter", "how"}, {}};
  if (input.record.board.energy.meters.empty()) return table;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const CellRecord& cell = input.record.cells[i];
    const std::string& label = input.comparison.cells.at(i).label;
    for (const LaneRecord& lane : cell.lanes) {
      if (lane.blocks.empty()) continue;
      table.rows.push_back(energy_row(label, fmt::format("batch {}", lane.batch), lane.energy));
    }
    if (cell.sustained) table.rows.push_back(energy_row(label, "sustained", cell.sustained->energy));
  }
  return table;
}

std::string energy_line(const Board& board) {
  if (board.energy.meters.empty()) {
    return "energy: not measured: " + (board.energy.reason.empty() ? "no meter" : board.energy.reason);
  }
  const EnergyMeter& meter = board.energy.meters.front();
  return fmt::format("energy: {} ({}); it covers everything behind this meter, idle parts included", meter.name,
                     meter.source);
}

std::string sustained_chart(const ReportInput& input) {
  std::vector<ChartLine> lines;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    if (!input.record.cells[i].sustained) continue;
    ChartLine line{input.comparison.cells.at(i).label, i, {}};
    for (const SustainedWindow& window : input.record.cells[i].sustained->figures.windows) {
      line.points.emplace_back((window.start_s + window.seconds / 2.0) / kSecondsPerMinute, window.p50_ms);
    }
    if (!line.points.empty()) lines.push_back(std::move(line));
  }
  return line_chart({"Sustained: p50 over time", {"minutes", false}, {"p50 ms", false}}, lines);
}

std::string board_charts(const Record& record) {
  return line_chart({"Temperature over the run", {"seconds", false}, {"\u00b0C", false}},
                    lines_of(record, &BoardSample::celsius, 1.0)) +
         line_chart({"Clock over the run", {"seconds", false}, {"MHz", false}},
                    lines_of(record, &BoardSample::frequency_khz, 1e-3));
}

}  // namespace qbench::reports
