// SPDX-License-Identifier: Apache-2.0
#include "reports/recipe_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace qbench::reports {
namespace {

bool has_accuracy(const CellRecord& cell) { return cell.accuracy && cell.accuracy->images > 0; }

}  // namespace

std::string recipe_conflict(const CellRecord& cell, const CellRecord& baseline) {
  for (const CellRecord* side : {&baseline, &cell}) {
    if (side->recipe_source != RecipeSource::kAssumed) continue;
    return fmt::format("nobody says which values '{}' wants ({}); give --recipe", side->id, side->recipe_reason);
  }
  const bool both_given = cell.recipe_source == RecipeSource::kGiven && baseline.recipe_source == RecipeSource::kGiven;
  if (both_given || same_values(cell.recipe, baseline.recipe)) return {};
  return fmt::format("'{}' is fed with {} and '{}' with {}; give --recipe, or each variant its own in a plan",
                     baseline.id, baseline.recipe.name, cell.id, cell.recipe.name);
}

std::vector<std::string> recipe_lines(const Record& record) {
  std::vector<std::pair<std::string, std::vector<std::string>>> cells_of_line;
  for (const CellRecord& cell : record.cells) {
    if (!has_accuracy(cell) || cell.recipe_source == RecipeSource::kGiven) continue;
    const std::string line = fmt::format("recipe {}: {}", cell.recipe.name, cell.recipe_reason);
    auto known = std::ranges::find(cells_of_line, line, [](const auto& entry) { return entry.first; });
    if (known == cells_of_line.end()) known = cells_of_line.insert(known, {line, {}});
    known->second.push_back(cell.id);
  }
  std::vector<std::string> lines;
  for (const auto& [line, cells] : cells_of_line) lines.push_back(fmt::format("{}: {}", fmt::join(cells, ", "), line));
  return lines;
}

bool rests_on_assumption(const CellRecord& cell) {
  if (has_accuracy(cell) && cell.recipe_source == RecipeSource::kAssumed) return true;
  return std::ranges::any_of(cell.warnings, [](const std::string& line) { return line.starts_with("assumed"); });
}

std::string status_text(const Outcome& outcome, const CellRecord& cell) {
  const std::string status(status_name(outcome.status));
  return outcome.ok() && rests_on_assumption(cell) ? status + " (assumed)" : status;
}

}  // namespace qbench::reports
