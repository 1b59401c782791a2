// SPDX-License-Identifier: Apache-2.0
#include "reports/markdown_report.h"

#include <fmt/format.h>

#include "reports/gate_text.h"
#include "reports/recipe_text.h"
#include "reports/record_text.h"
#include "reports/sentences.h"
#include "reports/sustained_text.h"
#include "reports/text.h"
#include "reports/text_table.h"

namespace qbench::reports {
namespace {

/// "" when there is nothing below the heading.
std::string section(const char* title, const std::string& body) {
  return body.empty() ? std::string() : fmt::format("## {}\n\n{}", title, body);
}

std::string list(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "- " + markdown_escaped(line) + "\n";
  return out.empty() ? out : out + "\n";
}

std::vector<std::string> verdict_lines(const Comparison& comparison) {
  std::vector<std::string> lines;
  if (!comparison.baseline_problem.empty()) lines.push_back(comparison.baseline_problem);
  for (const CellComparison& cell : comparison.cells) {
    for (const std::string& sentence : verdict_sentences(cell, comparison)) {
      lines.push_back(cell.label + ": " + sentence);
    }
    for (const LaneComparison& lane : cell.lanes) {
      for (const std::string& flag : lane.flags) {
        lines.push_back(fmt::format("{}: batch {}: {}", cell.label, lane.batch, flag));
      }
    }
  }
  return lines;
}

std::vector<std::string> problem_lines(const Comparison& comparison) {
  std::vector<std::string> lines;
  for (const Problem& problem : problems_of(comparison)) lines.push_back(problem.label + ": " + problem.text);
  return lines;
}

/// A block by indentation cannot be closed by what stands in it, unlike a fence.
std::string indented(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "    " + printable(line) + "\n";
  return out;
}

std::string sustained_part(const ReportInput& input) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const std::string sentence = sustained_sentence(input.record.cells[i]);
    if (!sentence.empty()) lines.push_back(input.comparison.cells.at(i).label + ": " + sentence);
  }
  return list(lines) + markdown_table(sustained_table(input));
}

}  // namespace

std::string markdown_report_text(const ReportInput& input) {
  const Record& record = input.record;
  std::string out = fmt::format("# qbench: {}\n\n", markdown_escaped(record.name));
  out += fmt::format("{} on {}, qbench {}.\n\n", markdown_escaped(record.created_utc),
                     markdown_escaped(record.board.name), markdown_escaped(record.qbench_version));
  if (record.partial) out += "**The run was interrupted; this is what was measured until then.**\n\n";
  out += markdown_table(overview_table(input));
  out += section("Verdicts", list(verdict_lines(input.comparison)));
  out += section("Trade-off", list(tradeoff_sentences(input.comparison)));
  out += section("Gates", list(gate_lines(input.gates)));
  out += section("What did not work, and why", list(problem_lines(input.comparison)));
  out += section("Warnings", list(warning_lines(record)));
  out += section("Speed", markdown_table(speed_table(input)));
  out += section("Loading, copying and memory", markdown_table(phases_table(input)));
  out += section("Sustained", sustained_part(input));
  out += section("Energy", markdown_table(energy_table(input)));
  out += section("Accuracy", markdown_table(accuracy_table(input)) + list(accuracy_lines(record)));
  out += section("Images", list(dataset_lines(record)) + list(recipe_lines(record)));
  out += section("Models", markdown_table(models_table(input)));
  out += section("Board", list(board_lines(record.board)));
  out += section("Accelerators", list(accelerator_lines(record)));
  out += section("How it was measured", list(method_lines(record)));
  return out + section("Settings", indented(settings_lines(record)));
}

ReportFormat markdown_report() {
  return {"markdown", "report.md", "the tables and how they were made, for people", markdown_report_text};
}

}  // namespace qbench::reports
