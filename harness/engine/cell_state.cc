// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/cell_state.h"

#include <algorithm>

#include "core/files.h"

namespace qbench::engine {
namespace {

/// Lanes stand in the order of the plan's batches, whichever ends first.
void insert_lane(const Plan& plan, CellRecord& cell, LaneRecord lane) {
  const auto place = [&plan](const LaneRecord& of) { return std::ranges::find(plan.batches, of.batch); };
  const auto behind = [&](const LaneRecord& other) { return place(other) > place(lane); };
  cell.lanes.insert(std::ranges::find_if(cell.lanes, behind), std::move(lane));
}

}  // namespace

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
  if (!lane.partial && !can_pass(lane)) {
    log.append_lane(cell.record.id, lane, lane_binding(*this, cell, lane.batch));
  }
  insert_lane(plan, cell.record, std::move(lane));
}

void RunState::take_lane(CellState& cell, const LaneRecord& lane) {
  if (lane.batch == 1) cell.first_invoke_ms = lane.first_invoke_ms;
  insert_lane(plan, cell.record, lane);
}

void RunState::note_failure(const CellState& cell, const Outcome& outcome, std::string_view where) {
  progress.note(fmt::format("{}{}: {}: {}", cell.record.id, where, status_name(outcome.status), outcome.reason));
}

}  // namespace qbench::engine
