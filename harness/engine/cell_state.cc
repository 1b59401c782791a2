// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/cell_state.h"

#include "core/files.h"

namespace qbench::engine {

void RunState::keep_repaired(const CellPlan& cell, ModelFacts& facts) {
  if (facts.repaired.empty()) return;
  if (!scratch) scratch = std::make_unique<ScratchFolder>();
  const std::filesystem::path path = scratch->path() / (cell.id + ".tflite");
  write_file_atomic(path, facts.repaired);
  repaired_models[cell.id] = path;
  facts.repaired = {};
}

void RunState::store_lane(CellState& cell, LaneRecord lane) {
  if (lane.outcome.status == Status::kCancelled) lane.partial = true;
  if (!lane.partial && log.lane(cell.record.id, lane.batch) == nullptr) log.append_lane(cell.record.id, lane);
  cell.record.lanes.push_back(std::move(lane));
}

void RunState::note_failure(const CellState& cell, const Outcome& outcome, std::string_view where) {
  progress.note(fmt::format("{}{}: {}: {}", cell.record.id, where, status_name(outcome.status), outcome.reason));
}

}  // namespace qbench::engine
