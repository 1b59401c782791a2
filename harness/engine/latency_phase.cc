// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/latency_phase.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "harness/engine/interrupt.h"

namespace qbench::engine {
namespace {

/// Lanes whose invokes differ by no more than this factor get blocks of the same size.
constexpr double kSimilarSpeed = 2.0;
/// Variance of the log ratio between the turns of one pair of processes over that between pairs, on a quiet shared
/// server (ResNet8: 0.47 and 0.3 %); a busy machine's is larger.
constexpr double kVarianceRatio = 2.5;
constexpr double kMostTurns = 8.0;

/// A fair shuffle that is the same on every platform (std::shuffle is not).
void shuffle(std::vector<Lane*>& lanes, std::mt19937_64& random) {
  for (std::size_t left = lanes.size(); left > 1; --left) {
    const std::uint64_t limit = std::mt19937_64::max() - std::mt19937_64::max() % left;
    std::uint64_t draw = random();
    while (draw >= limit) draw = random();
    std::swap(lanes[left - 1], lanes[draw % left]);
  }
}

void drop_failed(std::vector<Lane*>& lanes, Progress& progress) {
  std::erase_if(lanes, [&progress](const Lane* lane) {
    if (lane->ok()) return false;
    const Outcome& outcome = lane->record().outcome;
    progress.note(fmt::format("{}, batch {}: {} ({}): {}", lane->cell().id, lane->record().batch,
                              status_name(outcome.status), outcome.stage, outcome.reason));
    return true;
  });
}

bool is_similar(const Lane& a, const Lane& b) {
  return std::max(a.invoke_ns(), b.invoke_ns()) <= kSimilarSpeed * std::min(a.invoke_ns(), b.invoke_ns());
}

/// Lanes that are nearly as fast as each other drop and time equally many invokes: what the length of a block does to
/// caches and clock is then the same on both sides of a comparison.
void share_block_sizes(const std::vector<Lane*>& lanes) {
  std::vector<BlockSize> shared;
  for (const Lane* lane : lanes) {
    BlockSize& size = shared.emplace_back(lane->block_size());
    for (const Lane* other : lanes) {
      if (!is_similar(*lane, *other)) continue;
      size.dropped = std::max(size.dropped, other->block_size().dropped);
      size.timed = std::max(size.timed, other->block_size().timed);
    }
  }
  for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i]->set_block_size(shared[i]);
}

/// All end before the first begins again, in an order of its own: the kernel hands the pages that were freed last to
/// who asks next, so a lane that followed upon itself would keep its luck with memory for the whole run.
void restart_due_lanes(std::vector<Lane*>& lanes, int round, std::mt19937_64& random, Progress& progress) {
  const auto is_due = [round](const Lane* lane) {
    const int rounds = lane->rounds_a_process();
    return !lane->is_running() || (round > 0 && rounds > 0 && round % rounds == 0);
  };
  if (std::ranges::none_of(lanes, is_due)) return;
  shuffle(lanes, random);
  for (Lane* lane : lanes) {
    if (is_due(lane)) lane->stop();
  }
  shuffle(lanes, random);
  for (Lane* lane : lanes) {
    if (is_due(lane)) (void)lane->restart();
  }
  drop_failed(lanes, progress);
}

int turns_of(const std::vector<Lane*>& lanes) {
  double restart_s = 0.0;
  double block_s = 0.0;
  for (const Lane* lane : lanes) {
    if (lane->rounds_a_process() != 1) return 1;
    restart_s += lane->restart_seconds();
    block_s += lane->block_seconds();
  }
  return turns_a_round(restart_s, block_s);
}

double restart_seconds_a_round(const Lane& lane) {
  return lane.rounds_a_process() > 0 ? lane.restart_seconds() / lane.rounds_a_process() : 0.0;
}

}  // namespace

int turns_a_round(double restart_s, double block_s) {
  if (block_s <= 0.0) return 1;
  return static_cast<int>(std::lround(std::clamp(std::sqrt(kVarianceRatio * restart_s / block_s), 1.0, kMostTurns)));
}

void calibrate_lanes(std::vector<Lane*> lanes, const TimeLimit& limit, Progress& progress) {
  constexpr int kPasses = 3;
  const double until_s = limit.spent_s() + kCalibrationShare * std::max(limit.left_s(), 0.0);
  const double block_s =
      (until_s - limit.spent_s()) / static_cast<double>(kPasses * std::max<std::size_t>(lanes.size(), 1));
  std::mt19937_64 random(kPasses);
  for (int pass = 0; pass < kPasses; ++pass) {
    double least_s = 0.0;
    for (const Lane* lane : lanes) {
      least_s += lane->invoke_ns() * 1e-9 + (pass > 0 ? restart_seconds_a_round(*lane) : 0.0);
    }
    if (limit.spent_s() + least_s > until_s) break;
    // Where every round begins with fresh processes, the calibration does as well.
    restart_due_lanes(lanes, pass, random, progress);
    for (Lane* lane : lanes) (void)lane->run_calibration_block(block_s);  // a failure stays in the lane's record
    drop_failed(lanes, progress);
  }
  for (Lane* lane : lanes) lane->settle_block_size();
  share_block_sizes(lanes);
}

LatencyRounds::LatencyRounds(std::vector<Lane*> lanes, const RoundsRequest& request, Progress& progress)
    : lanes_(std::move(lanes)), request_(request), progress_(progress), random_(request.seed) {
  std::erase_if(lanes_, [](const Lane* lane) { return !lane->ok(); });
  done_ = lanes_.empty();
  if (done_) return;
  make_room();
  share();
  spent_before_s_ = request_.limit.spent_s();
}

void LatencyRounds::visit(int rounds) {
  for (int i = 0; i < rounds && !done_; ++i) done_ = !step();
}

bool LatencyRounds::step() {
  if (interrupted()) {
    for (Lane* lane : lanes_) lane->mark_partial();
    return false;
  }
  if (round_ > 0 && request_.limit.left_s() < expected_s()) {
    cut_all(round_);
    return false;
  }
  run_round(round_++);
  if (request_.enough && request_.enough(round_)) return false;
  dismiss(round_);
  return round_ < request_.settings.rounds && !lanes_.empty();
}

void LatencyRounds::rest() {
  for (Lane* lane : lanes_) {
    if (lane->rounds_a_process() == 1) lane->stop();
  }
}

double LatencyRounds::round_seconds(const Lane& lane) const {
  return restart_seconds_a_round(lane) + turns_ * lane.block_seconds();
}

double LatencyRounds::round_seconds() const {
  double seconds = 0.0;
  for (const Lane* lane : lanes_) seconds += round_seconds(*lane);
  return seconds;
}

/// Fewer turns, then shorter blocks, until the rounds of a verdict fit.
void LatencyRounds::make_room() {
  const int needed = rounds_needed(request_.settings);
  const double room_s = kPlannedShare * request_.limit.left_s() / needed;
  turns_ = turns_of(lanes_);
  while (turns_ > 1 && round_seconds() > room_s) --turns_;
  if (round_seconds() <= room_s) return;
  const double fair_s = room_s / static_cast<double>(lanes_.size());
  for (Lane* lane : lanes_) {
    if (round_seconds(*lane) <= fair_s) continue;
    lane->shorten_block(fair_s - restart_seconds_a_round(*lane));
    if (round_seconds(*lane) > fair_s) lane->time_one_invoke();
  }
}

void LatencyRounds::share() {
  RoundsEstimate estimate{.batch = lanes_.front()->record().batch, .spent_s = request_.limit.spent_s()};
  for (const Lane* lane : lanes_) {
    estimate.cells.push_back(lane->cell().id);
    estimate.round_s.push_back(round_seconds(*lane));
  }
  estimate.rounds = shares_after(0, 1);
  for (std::size_t i = 0; i < lanes_.size(); ++i) shares_[lanes_[i]] = estimate.rounds[i];
  round_s_ = round_seconds();
  progress_.note(estimate_text(estimate, request_.settings));
}

/// Further rounds for each lane within the time that is left.
std::vector<int> LatencyRounds::shares_after(int done, int least) const {
  std::vector<double> round_s;
  for (const Lane* lane : lanes_) round_s.push_back(round_seconds(*lane));
  return share_rounds(round_s, kPlannedShare * request_.limit.left_s(),
                      {.least = least,
                       .needed = std::max(rounds_needed(request_.settings) - done, 1),
                       .most = request_.settings.rounds - done});
}

void LatencyRounds::run_round(int round) {
  if (request_.board != nullptr) request_.board->tick();
  // The first round begins with the processes of the calibration, where these are still there.
  for (const Lane* lane : lanes_) {
    const bool starts = round > 0 || !lane->is_running();
    estimated_s_ += turns_ * lane->block_seconds() + (starts ? restart_seconds_a_round(*lane) : 0.0);
  }
  restart_due_lanes(lanes_, round, random_, progress_);
  for (int turn = 0; turn < turns_; ++turn) {
    shuffle(lanes_, random_);
    for (Lane* lane : lanes_) (void)lane->run_block(round);  // a failure stays in the lane's record
    drop_failed(lanes_, progress_);
  }
}

/// The next round, at the pace of those so far.
double LatencyRounds::expected_s() const {
  const double taken_s = request_.limit.spent_s() - spent_before_s_;
  return estimated_s_ > 0.0 ? round_seconds() * taken_s / estimated_s_ : 0.0;
}

/// Lanes that have had their share leave the rest of the time to the others, unless there is more for them by now.
void LatencyRounds::dismiss(int done) {
  const std::vector<int> more = shares_after(done, 0);
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    int& share = shares_.at(lanes_[i]);
    share = std::max(share, done + more[i]);
  }
  std::erase_if(lanes_, [this, done](Lane* lane) {
    if (done < shares_.at(lane) || done >= request_.settings.rounds) return false;
    cut(*lane, done);
    return true;
  });
}

void LatencyRounds::cut_all(int done) {
  if (done >= rounds_needed(request_.settings)) return;
  for (Lane* lane : lanes_) cut(*lane, done);
}

void LatencyRounds::cut(Lane& lane, int done) const {
  lane.cut_short(cut_short_text(done, spent_before_s_, round_s_, request_.settings));
}

void run_latency_rounds(std::vector<Lane*> lanes, const RoundsRequest& request, Progress& progress) {
  LatencyRounds rounds(std::move(lanes), request, progress);
  while (!rounds.done()) {
    rounds.visit(1);
    progress.advance(static_cast<std::size_t>(rounds.rounds_done()));
  }
}

}  // namespace qbench::engine
