// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/latency_phase.h"

#include <algorithm>
#include <random>

#include "harness/engine/interrupt.h"

namespace qbench::engine {
namespace {

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

}  // namespace

void calibrate_lanes(std::vector<Lane*> lanes, Progress& progress) {
  constexpr int kPasses = 3;
  for (int pass = 0; pass < kPasses; ++pass) {
    for (Lane* lane : lanes) (void)lane->run_calibration_block();  // a failure stays in the lane's record
    drop_failed(lanes, progress);
  }
  for (Lane* lane : lanes) lane->settle_block_size();
}

void run_latency_rounds(std::vector<Lane*> lanes, const RunSettings& settings, std::uint64_t seed, Progress& progress,
                        const EnoughRounds& enough, BoardLog* board) {
  std::mt19937_64 random(seed);
  const Clock::time_point start = Clock::now();
  const std::chrono::duration<double> limit(settings.max_seconds);
  for (int round = 0; round < settings.rounds && !lanes.empty(); ++round) {
    if (interrupted()) {
      for (Lane* lane : lanes) lane->mark_partial();
      return;
    }
    if (round >= settings.min_rounds && Clock::now() - start > limit) break;
    if (board != nullptr) board->tick();
    shuffle(lanes, random);
    const bool restart = settings.restart_rounds > 0 && round > 0 && round % settings.restart_rounds == 0;
    for (Lane* lane : lanes) {
      if (restart && !lane->restart()) continue;
      (void)lane->run_block(round);  // a failure stays in the lane's record
    }
    drop_failed(lanes, progress);
    progress.advance(static_cast<std::size_t>(round) + 1);
    if (enough && enough(round + 1)) break;
  }
}

}  // namespace qbench::engine
