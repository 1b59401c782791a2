// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "harness/engine/lane.h"
#include "harness/engine/progress.h"

namespace qbench::engine {

/// How often lanes take turns before they get fresh processes, 1 to 8: the count that tells most for the time, the root
/// of (what a restart costs / what a block costs) x (variance between turns / variance between processes), as Kalibera
/// and Jones 2013 have it for two levels. `restart_s` and `block_s` are seconds, each for all lanes together.
[[nodiscard]] int turns_a_round(double restart_s, double block_s);

/// Lets every lane show how long it takes to settle after a switch from the others, and sets its block size; lanes of
/// about the same speed get the same one.
void calibrate_lanes(std::vector<Lane*> lanes, Progress& progress);

/// Asked after each round with the number of rounds done: true ends the phase early because nothing is left to learn.
using EnoughRounds = std::function<bool(int rounds_done)>;

/// Times all lanes of one batch size side by side. In every round each lane gets a fresh process, unless
/// Lane::rounds_a_process() says otherwise; then the lanes take turns, each with one short block, in an order drawn
/// anew by `seed` for every turn, so that the machine's bad moments fall on all of them. Small models take several
/// turns a round, as a process costs much more than a block. Ends after settings.rounds rounds, or when the time limit
/// is reached after settings.min_rounds (a slow board ends all the same: no limit is exceeded by more than one round),
/// when `enough` says so, or on an interruption. Lanes that fail drop out; the others go on. The board, when given, is
/// sampled between the rounds.
void run_latency_rounds(std::vector<Lane*> lanes, const RunSettings& settings, std::uint64_t seed, Progress& progress,
                        const EnoughRounds& enough = {}, BoardLog* board = nullptr);

}  // namespace qbench::engine
