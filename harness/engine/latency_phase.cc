// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/latency_phase.h"

#include <algorithm>
#include <cmath>
#include <random>

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
    return lane->rounds_a_process() > 0 && round % lane->rounds_a_process() == 0;
  };
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

}  // namespace

int turns_a_round(double restart_s, double block_s) {
  if (block_s <= 0.0) return 1;
  return static_cast<int>(std::lround(std::clamp(std::sqrt(kVarianceRatio * restart_s / block_s), 1.0, kMostTurns)));
}

void calibrate_lanes(std::vector<Lane*> lanes, Progress& progress) {
  constexpr int kPasses = 3;
  std::mt19937_64 random(kPasses);
  for (int pass = 0; pass < kPasses; ++pass) {
    // Where every round begins with fresh processes, the calibration does as well.
    if (pass > 0) restart_due_lanes(lanes, pass, random, progress);
    for (Lane* lane : lanes) (void)lane->run_calibration_block();  // a failure stays in the lane's record
    drop_failed(lanes, progress);
  }
  for (Lane* lane : lanes) lane->settle_block_size();
  share_block_sizes(lanes);
}

void run_latency_rounds(std::vector<Lane*> lanes, const RunSettings& settings, std::uint64_t seed, Progress& progress,
                        const EnoughRounds& enough, BoardLog* board) {
  std::mt19937_64 random(seed);
  const Clock::time_point start = Clock::now();
  const std::chrono::duration<double> limit(settings.max_seconds);
  std::erase_if(lanes, [](const Lane* lane) { return !lane->ok(); });
  const int turns = turns_of(lanes);
  for (int round = 0; round < settings.rounds && !lanes.empty(); ++round) {
    if (interrupted()) {
      for (Lane* lane : lanes) lane->mark_partial();
      return;
    }
    if (round >= settings.min_rounds && Clock::now() - start > limit) break;
    if (board != nullptr) board->tick();
    if (round > 0) restart_due_lanes(lanes, round, random, progress);
    for (int turn = 0; turn < turns; ++turn) {
      shuffle(lanes, random);
      for (Lane* lane : lanes) (void)lane->run_block(round);  // a failure stays in the lane's record
      drop_failed(lanes, progress);
    }
    progress.advance(static_cast<std::size_t>(round) + 1);
    if (enough && enough(round + 1)) break;
  }
}

}  // namespace qbench::engine
