// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "harness/engine/lane.h"
#include "harness/engine/progress.h"

namespace qbench::engine {

/// Lets every lane show how long it takes to settle after a switch from the others, and sets its block size.
void calibrate_lanes(std::vector<Lane*> lanes, Progress& progress);

/// Asked after each round with the number of rounds done: true ends the phase early because nothing is left to learn.
using EnoughRounds = std::function<bool(int rounds_done)>;

/// Times all lanes of one batch size side by side: in every round each lane gives one short block, in an order drawn
/// anew by `seed`, so that the machine's bad moments fall on all of them. Ends after settings.rounds rounds, or when
/// the time limit is reached after settings.min_rounds (a slow board ends all the same: no limit is exceeded by more
/// than one round), when `enough` says so, or on an interruption. Lanes that fail drop out; the others go on. The
/// board, when given, is sampled between the rounds.
void run_latency_rounds(std::vector<Lane*> lanes, const RunSettings& settings, std::uint64_t seed, Progress& progress,
                        const EnoughRounds& enough = {}, BoardLog* board = nullptr);

}  // namespace qbench::engine
