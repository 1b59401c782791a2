// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/plan.h"

#include <set>

#include "core/error.h"
#include "core/file_name.h"

namespace qbench::engine {
namespace {

/// True when the cells of one variant do not all agree in `value`.
template <typename Value>
bool differs(const Plan& plan, const CellPlan& cell, Value value) {
  for (const CellPlan& other : plan.cells) {
    if (other.variant == cell.variant && value(other) != value(cell)) return true;
  }
  return false;
}

std::string cell_id(const Plan& plan, const CellPlan& cell) {
  std::string id = cell.variant.empty() ? "model" : cell.variant;
  const auto runner = [](const CellPlan& c) { return c.runner; };
  const auto kernels = [](const CellPlan& c) { return c.options.kernels; };
  const auto threads = [](const CellPlan& c) { return c.options.threads; };
  // Sides tell their libraries apart already.
  const auto library = [](const CellPlan& c) { return c.side.empty() ? c.options.library : std::filesystem::path(); };
  const auto delegate = [](const CellPlan& c) { return c.options.delegate.library; };
  if (differs(plan, cell, runner)) id += "-" + cell.runner;
  if (differs(plan, cell, kernels)) id += fmt::format("-{}", kernels_name(cell.options.kernels));
  if (differs(plan, cell, threads)) id += fmt::format("-t{}", cell.options.threads);
  if (differs(plan, cell, library)) id += "-" + cell.options.library.stem().string();
  if (differs(plan, cell, delegate)) id += "-" + cell.options.delegate.library.stem().string();
  if (!cell.side.empty()) id += "-" + cell.side;
  return safe_file_name(id);
}

}  // namespace

ClassifierHints hints_for(const CellPlan& plan, ClassifierHints of_model, int classes) {
  of_model.classes = classes;
  of_model.asked = plan.tensors;
  return of_model;
}

std::string_view kernels_name(runners::Kernels kernels) noexcept {
  switch (kernels) {
    case runners::Kernels::kAuto:
      return "auto";
    case runners::Kernels::kXnnpack:
      return "xnnpack";
    case runners::Kernels::kBuiltin:
      return "builtin";
  }
  return "auto";
}

void name_cells(Plan& plan) {
  std::set<std::string> used;
  for (CellPlan& cell : plan.cells) {
    const std::string base = cell_id(plan, cell);
    cell.id = base;
    for (int copy = 2; !used.insert(cell.id).second; ++copy) cell.id = fmt::format("{}-{}", base, copy);
  }
}

const CellPlan& baseline_of(const Plan& plan, const CellPlan& cell) {
  const CellPlan& first = plan.cells.front();
  if (first.side.empty()) return first;
  if (cell.side == first.side) return cell;
  for (const CellPlan& other : plan.cells) {
    const bool counterpart = other.side == first.side && other.variant == cell.variant && other.runner == cell.runner &&
                             other.options.kernels == cell.options.kernels &&
                             other.options.threads == cell.options.threads &&
                             other.options.delegate.library == cell.options.delegate.library;
    if (counterpart) return other;
  }
  return cell;
}

}  // namespace qbench::engine
