// SPDX-License-Identifier: Apache-2.0
#include "harness/app/live_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/error.h"
#include "harness/engine/worker_program.h"

namespace qbench::app {
namespace {

using engine::CellPlan;
using Names = std::vector<std::string>;

/// Variants in the order of the plan. Throws when two models share a name: their cells could not be told apart.
Names variant_names(const engine::Plan& plan) {
  Names names;
  std::vector<std::filesystem::path> models;
  for (const CellPlan& cell : plan.cells) {
    const auto known = std::ranges::find(names, cell.variant);
    if (known == names.end()) {
      names.push_back(cell.variant);
      models.push_back(cell.model);
    } else if (models[static_cast<std::size_t>(known - names.begin())] != cell.model) {
      throw Error(ErrorCode::kUsage, "two models are called '{}'; name them apart with NAME=FILE", cell.variant);
    }
  }
  return names;
}

/// Gives the models of both sides, which were named in pairs, one name a pair.
void rename_pairs(engine::Plan& a, engine::Plan& b, const Names& names_a, const Names& names_b) {
  const auto rename = [&](engine::Plan& plan, const Names& names) {
    for (CellPlan& cell : plan.cells) {
      const auto i = static_cast<std::size_t>(std::ranges::find(names, cell.variant) - names.begin());
      if (names_a[i] != names_b[i]) cell.variant = names_a[i] + " vs " + names_b[i];
    }
  };
  rename(a, names_a);
  rename(b, names_b);
}

void pair_variants(engine::Plan& a, engine::Plan& b) {
  const Names names_a = variant_names(a);
  const Names names_b = variant_names(b);
  if (std::ranges::is_permutation(names_a, names_b)) return;
  if (names_a.size() != names_b.size()) {
    throw Error(ErrorCode::kUsage,
                "the reference has {} models and the candidate {}; give them in pairs, by name (NAME=FILE) or in the "
                "same order",
                names_a.size(), names_b.size());
  }
  rename_pairs(a, b, names_a, names_b);
}

std::filesystem::path checked_library(const std::string& library) {
  const std::filesystem::path path = absolute_library(library);
  if (path.is_absolute() && !std::filesystem::exists(path)) {
    throw Error(ErrorCode::kIo, "there is no runtime library '{}'", path.string());
  }
  return path;
}

/// The plan of one side alone.
engine::Plan side_plan(const RunFlags& flags, const SideFlags& side) {
  RunFlags own = flags;
  if (!side.models.empty()) own.models = side.models;
  engine::Plan plan = plan_from_flags(own);
  std::filesystem::path worker;
  if (!side.binary.empty()) {
    worker = engine::find_worker_of(side.binary);
    (void)engine::inspect_worker(worker);
  }
  for (CellPlan& cell : plan.cells) {
    if (!worker.empty()) cell.worker = worker;
    if (!side.library.empty()) cell.options.library = checked_library(side.library);
  }
  return plan;
}

void append_side(engine::Plan& plan, const std::vector<CellPlan>& cells, const char* side) {
  for (const CellPlan& cell : cells) {
    plan.cells.push_back(cell);
    plan.cells.back().side = side;
  }
}

void require_unambiguous(const RunFlags& flags, const LiveFlags& live) {
  if (flags.libraries.size() > 1) {
    throw Error(ErrorCode::kUsage, "a live comparison takes one --library; name one a side with --library-a and -b");
  }
  if (!flags.models.empty() && !live.a.models.empty() && !live.b.models.empty()) {
    throw Error(ErrorCode::kUsage, "--model is for both sides; with --model-a and --model-b it has none left");
  }
}

}  // namespace

void add_live_flags(CLI::App& command, LiveFlags& flags) {
  const auto add_side = [&command](const std::string& end, SideFlags& side, const std::string& who) {
    const auto own = [&who](const char* what) {
      return fmt::format("{} of the {} (default: as the other's)", what, who);
    };
    add_single(command, "--binary-" + end, side.binary,
               fmt::format("qbench program, or the folder it is installed in, of the {} (default: this one)", who));
    add_list(command, "--model-" + end, side.models, own("Models"));
    add_single(command, "--library-" + end, side.library, own("Runtime library"));
  };
  add_side("a", flags.a, "reference");
  add_side("b", flags.b, "candidate");
  command.add_flag("--again", flags.again, "Run the reference once more beside both: what no change looks like");
}

bool any_given(const LiveFlags& flags) {
  const auto given = [](const SideFlags& side) {
    return !side.binary.empty() || !side.models.empty() || !side.library.empty();
  };
  return given(flags.a) || given(flags.b) || flags.again;
}

engine::Plan live_plan(const RunFlags& flags, const LiveFlags& live) {
  require_unambiguous(flags, live);
  engine::Plan a = side_plan(flags, live.a);
  engine::Plan b = side_plan(flags, live.b);
  pair_variants(a, b);
  engine::Plan plan = a;
  plan.cells.clear();
  if (plan.name == engine::Plan().name) plan.name = "compare";
  append_side(plan, a.cells, "reference");
  if (live.again) append_side(plan, a.cells, "again");
  append_side(plan, b.cells, "candidate");
  return plan;
}

}  // namespace qbench::app
