// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "harness/engine/cell_state.h"
#include "harness/engine/image_store.h"
#include "harness/engine/latency_phase.h"
#include "harness/engine/looks.h"

namespace qbench::engine {

/// The latency of one batch size over all cells, from loading to the finished lanes. Main thread only.
class BatchTiming {
 public:
  /// Loads every cell that the log has not finished at this batch size, runs it once and calibrates it. A cell that
  /// fails keeps the reason in its lane.
  BatchTiming(RunState& run, std::vector<CellState>& cells, const ImageStore& images, int batch, std::uint64_t seed);
  BatchTiming(const BatchTiming&) = delete;
  BatchTiming& operator=(const BatchTiming&) = delete;

  /// Up to `rounds` further rounds. With the last of them the lanes are finished: in their cells' records and the log.
  void visit(int rounds);
  [[nodiscard]] bool done() const noexcept { return finished_; }
  [[nodiscard]] int rounds_done() const noexcept { return rounds_ ? rounds_->rounds_done() : 0; }
  /// Leaves the machine to other work: ends its workers and stops the clock of its time limit until the next visit.
  void rest();

 private:
  [[nodiscard]] std::unique_ptr<Lane> prepared_lane(CellState& cell, const ImageStore& images) const;
  void find_pairs();
  void finish();

  RunState& run_;
  int batch_;
  TimeLimit limit_;
  double start_s_;
  std::vector<std::pair<CellState*, std::unique_ptr<Lane>>> lanes_;
  std::vector<LanePair> pairs_;  // each lane with that of its cell's baseline, where both are measured now
  std::optional<LatencyRounds> rounds_;
  bool finished_ = false;
};

/// Other work between two visits: so much of it that `share` (0 to 1, then beyond) of it is done afterwards. 1 is
/// reached with the first look at the verdicts, after which the visits may end. True when there was something to do.
using BetweenVisits = std::function<bool(double share)>;

/// Times all batch sizes of the plan, a few rounds of each in turn (metrics::kRoundsAVisit), with other work after each
/// turn: so the rounds of every batch size lie apart in time and see more of what the machine does. Where a cell
/// keeps its process over several rounds (a delegate, whose device serves one process), one batch size follows the
/// other, all its rounds in one visit.
void measure_latency(RunState& run, std::vector<CellState>& cells, const ImageStore& images,
                     const BetweenVisits& between);

}  // namespace qbench::engine
