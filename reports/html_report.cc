// SPDX-License-Identifier: Apache-2.0
#include "reports/html_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "reports/confusion_tables.h"
#include "reports/gate_text.h"
#include "reports/html_figures.h"
#include "reports/html_page.h"
#include "reports/html_text.h"
#include "reports/recipe_text.h"
#include "reports/record_text.h"
#include "reports/sentences.h"
#include "reports/sustained_text.h"
#include "reports/text_table.h"

namespace qbench::reports {
namespace {

constexpr std::size_t kMostPairs = 10;
constexpr std::size_t kMostImages = 24;

std::string introduction(const Record& record) {
  std::string out =
      fmt::format("<h1>qbench: {}</h1>\n<p class=\"about\">{} on {}, qbench {}</p>\n", html_name(record.name),
                  html_escaped(record.created_utc), html_name(record.board.name), html_escaped(record.qbench_version));
  if (record.partial) out += "<p class=\"bad\">The run was interrupted: this is what was measured until then.</p>\n";
  return out;
}

std::string verdicts(const Comparison& comparison) {
  std::string out;
  if (!comparison.baseline_problem.empty()) {
    out += fmt::format("<p class=\"bad\">{}</p>\n", html_name(comparison.baseline_problem));
  }
  for (const CellComparison& cell : comparison.cells) {
    const std::vector<std::string> sentences = verdict_sentences(cell, comparison);
    if (!sentences.empty()) out += fmt::format("<h3>{}</h3>\n{}", html_name(cell.label), html_list(sentences));
  }
  const std::vector<std::string> tradeoff = tradeoff_sentences(comparison);
  if (!tradeoff.empty()) out += fmt::format("<h3>Trade-off</h3>\n{}", html_list(tradeoff));
  return out;
}

std::string warnings(const ReportInput& input) {
  std::vector<std::string> lines = warning_lines(input.record);
  for (const CellComparison& cell : input.comparison.cells) {
    for (const LaneComparison& lane : cell.lanes) {
      for (const std::string& flag : lane.flags) {
        lines.push_back(fmt::format("{}: batch {}: {}", cell.label, lane.batch, flag));
      }
    }
  }
  return lines.empty() ? "<p>No warnings.</p>\n" : html_list(lines);
}

std::string problems(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems_of(comparison)) lines.push_back(problem.label + ": " + problem.text);
  return html_list(lines);
}

std::string chart_figure(const std::string& chart, const char* caption) {
  return chart.empty() ? chart : fmt::format("<figure>\n{}<figcaption>{}</figcaption></figure>\n", chart, caption);
}

std::string sustained(const ReportInput& input) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const std::string sentence = sustained_sentence(input.record.cells[i]);
    if (!sentence.empty()) lines.push_back(input.comparison.cells.at(i).label + ": " + sentence);
  }
  return html_list(lines) +
         chart_figure(sustained_chart(input),
                      "Each variant alone on the board; one point a window. Colours and "
                      "numbers are those of the charts above.") +
         html_table(sustained_table(input), "sustained");
}

/// The same kind of table for each cell under its name.
template <typename TableOf>
std::string table_each(const ReportInput& input, const char* id, TableOf table_of) {
  std::string out;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const std::string table = html_table(table_of(input.record.cells[i]), fmt::format("{}-{}", id, i + 1));
    if (!table.empty()) out += fmt::format("<h3>{}</h3>\n{}", html_name(input.comparison.cells.at(i).label), table);
  }
  return out;
}

std::string settings(const Record& record) {
  std::string out = "<pre>";
  for (const std::string& line : settings_lines(record)) out += html_escaped(line) + "\n";
  return out + "</pre>\n";
}

}  // namespace

std::string html_report_text(const ReportInput& input) {
  const Record& record = input.record;
  HtmlPage page;
  page.add("Verdicts", verdicts(input.comparison));
  page.add("Gates", html_list(gate_lines(input.gates)));
  page.add("Warnings", warnings(input));
  page.add("All variants", html_table(overview_table(input), "variants"));
  page.add("What did not work, and why", problems(input.comparison));
  page.add("Charts", html_figures(input));
  page.add("Speed", html_table(speed_table(input), "speed"));
  page.add("Loading, copying and memory", html_table(phases_table(input), "phases"));
  page.add("Sustained", sustained(input));
  page.add("Energy", html_table(energy_table(input), "energy"));
  page.add("Accuracy", html_table(accuracy_table(input), "accuracy") + html_list(accuracy_lines(record)));
  page.add(fmt::format("Classes that are mixed up most (up to {})", kMostPairs),
           table_each(input, "pairs", [&](const CellRecord& cell) { return confused_pairs(input, cell, kMostPairs); }));
  page.add(
      fmt::format("Images that changed sides (the first {})", kMostImages),
      table_each(input, "changed", [&](const CellRecord& cell) { return changed_images(input, cell, kMostImages); }));
  page.add("Images", html_list(dataset_lines(record)) + html_list(recipe_lines(record)));
  page.add("Models", html_table(models_table(input), "models"));
  page.add("Board", html_list(board_lines(record.board)));
  page.add("The board during the run",
           chart_figure(board_charts(record), "Sampled between the blocks, never inside the clock."));
  page.add("Accelerators", html_list(accelerator_lines(record)));
  page.add("How it was measured", html_list(method_lines(record)));
  page.add("Settings", settings(record));
  return html_head("qbench: " + record.name) + introduction(record) + page.text() + html_foot();
}

ReportFormat html_report() {
  return {"html", "report.html", "one page with charts that works offline, for people", html_report_text};
}

}  // namespace qbench::reports
