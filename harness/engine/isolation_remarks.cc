// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/isolation_remarks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/engine/worker_sandbox.h"

namespace qbench::engine {
namespace {

std::vector<std::string> refusals_of(const CellRecord& cell) {
  std::vector<std::string> refused;
  for (const LaneRecord& lane : cell.lanes) add_refusals(refused, lane.runner.refused);
  if (cell.accuracy) add_refusals(refused, cell.accuracy->refused);
  return refused;
}

std::string first_warning(const Record& record) {
  for (const CellRecord& cell : record.cells) {
    for (const LaneRecord& lane : cell.lanes) {
      if (lane.runner.isolation.empty()) continue;
      if (std::string warning = isolation_warning(lane.runner.isolation); !warning.empty()) return warning;
    }
  }
  return {};
}

}  // namespace

void remark_isolation(Record& record, Progress& progress) {
  for (CellRecord& cell : record.cells) {
    const std::vector<std::string> refused = refusals_of(cell);
    if (refused.empty()) continue;
    cell.warnings.push_back(
        fmt::format("the runtime library or a delegate tried to {}; the sandbox refused it", fmt::join(refused, ", ")));
    progress.note(cell.id + ": " + cell.warnings.back());
  }
  if (std::string warning = first_warning(record); !warning.empty()) {
    progress.note(warning);
    record.warnings.push_back(std::move(warning));
  }
}

}  // namespace qbench::engine
