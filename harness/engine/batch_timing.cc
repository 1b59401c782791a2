// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/batch_timing.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <limits>

#include "harness/engine/finished.h"
#include "harness/engine/interrupt.h"

namespace qbench::engine {

BatchTiming::BatchTiming(RunState& run, std::vector<CellState>& cells, const ImageStore& images, int batch,
                         std::uint64_t seed)
    : run_(run), batch_(batch), limit_(run.plan.settings.max_seconds), start_s_(run.seconds()) {
  std::vector<Lane*> good;
  for (CellState* cell : cells_to_measure(run_, cells, batch_)) {
    std::unique_ptr<Lane> lane = prepared_lane(*cell, images);
    if (!lane->ok()) {
      run_.store_lane(*cell, lane->finished());
      continue;
    }
    good.push_back(lane.get());
    lanes_.emplace_back(cell, std::move(lane));
  }
  start_s_ = run_.seconds();
  if (run_.board != nullptr) run_.board->sample_now();
  calibrate_lanes(good, limit_, run_.progress);
  find_pairs();
  const EnoughRounds enough = [this](int rounds_done) {
    return enough_rounds(run_.plan.settings, pairs_, rounds_done);
  };
  rounds_.emplace(
      good,
      RoundsRequest{
          .settings = run_.plan.settings, .limit = limit_, .seed = seed, .enough = enough, .board = run_.board},
      run_.progress);
  if (rounds_->done()) finish();
}

/// A lane that has run once, or that keeps the reason why it cannot.
std::unique_ptr<Lane> BatchTiming::prepared_lane(CellState& cell, const ImageStore& images) const {
  std::unique_ptr<Lane> lane = batch_ == 1 ? std::move(cell.loaded) : nullptr;
  if (lane == nullptr) {
    lane = std::make_unique<Lane>(run_.lane_context(*cell.plan), batch_);
    (void)lane->load();
  }
  if (lane->ok()) (void)lane->warm_up(cell.feed(images.cache_for(cell.record.recipe, cell.shape)));
  if (batch_ == 1) cell.first_invoke_ms = lane->record().first_invoke_ms;
  if (!lane->ok()) run_.note_failure(cell, lane->record().outcome, fmt::format(", batch {}", batch_));
  return lane;
}

void BatchTiming::find_pairs() {
  for (const auto& [cell, lane] : lanes_) {
    const CellPlan* baseline = &baseline_of(run_.plan, *cell->plan);
    for (const auto& [other, reference] : lanes_) {
      if (other != cell && other->plan == baseline) pairs_.push_back({lane.get(), reference.get()});
    }
  }
}

void BatchTiming::visit(int rounds) {
  if (finished_) return;
  limit_.resume();
  rounds_->visit(rounds);
  if (rounds_->done()) finish();
}

void BatchTiming::rest() {
  rounds_->rest();
  limit_.pause();
}

void BatchTiming::finish() {
  finished_ = true;
  if (run_.board != nullptr) run_.board->sample_now();
  for (auto& [cell, lane] : lanes_) {
    LaneRecord record = lane->finished();
    lane->stop();
    run_.tag(record, start_s_);
    run_.store_lane(*cell, std::move(record));
  }
}

namespace {

/// Cells whose workers live on from round to round.
bool keeps_processes(const RunState& run, const std::vector<CellState>& cells) {
  const auto keeps = [&run](const CellState& cell) {
    return cell.described() && Lane(run.lane_context(*cell.plan), 1).rounds_a_process() != 1;
  };
  return std::ranges::any_of(cells, keeps);
}

void one_after_the_other(RunState& run, std::vector<CellState>& cells, const ImageStore& images) {
  const Plan& plan = run.plan;
  for (std::size_t i = 0; i < plan.batches.size() && !interrupted(); ++i) {
    BatchTiming timing(run, cells, images, plan.batches[i], plan.settings.seed + i);
    run.progress.begin(fmt::format("latency, batch {}", plan.batches[i]),
                       static_cast<std::size_t>(plan.settings.rounds));
    while (!timing.done()) {
      timing.visit(1);
      run.progress.advance(static_cast<std::size_t>(timing.rounds_done()));
    }
    run.progress.end();
  }
}

std::size_t rounds_done(const std::deque<BatchTiming>& timings) {
  std::size_t done = 0;
  for (const BatchTiming& timing : timings) done += static_cast<std::size_t>(timing.rounds_done());
  return done;
}

/// A visit of every batch size in turn.
void in_visits(RunState& run, std::vector<CellState>& cells, const ImageStore& images, const BetweenVisits& between) {
  const Plan& plan = run.plan;
  std::deque<BatchTiming> timings;
  for (std::size_t i = 0; i < plan.batches.size() && !interrupted(); ++i) {
    timings.emplace_back(run, cells, images, plan.batches[i], plan.settings.seed + i).rest();
  }
  const auto all = static_cast<std::size_t>(plan.settings.rounds) * timings.size();
  const std::string title = fmt::format("latency, batch {}", fmt::join(plan.batches, " and "));
  const double first_look =
      static_cast<double>(look_plan(plan.settings).rounds.front()) / static_cast<double>(metrics::kRoundsAVisit);
  int visits = 0;
  bool resumed = true;
  while (!std::ranges::all_of(timings, &BatchTiming::done)) {
    if (resumed) run.progress.begin(title, all);
    for (BatchTiming& timing : timings) {
      timing.visit(metrics::kRoundsAVisit);
      timing.rest();
      run.progress.advance(rounds_done(timings));
    }
    resumed = between(static_cast<double>(++visits) / first_look);
  }
  run.progress.end();
}

}  // namespace

void measure_latency(RunState& run, std::vector<CellState>& cells, const ImageStore& images,
                     const BetweenVisits& between) {
  if (keeps_processes(run, cells)) {
    one_after_the_other(run, cells, images);
  } else {
    in_visits(run, cells, images, between);
  }
}

}  // namespace qbench::engine
