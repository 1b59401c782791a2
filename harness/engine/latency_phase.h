// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "harness/engine/lane.h"
#include "harness/engine/progress.h"
#include "harness/engine/round_budget.h"

namespace qbench::engine {

/// How often lanes take turns before they get fresh processes, 1 to 8: the count that tells most for the time, the root
/// of (what a restart costs / what a block costs) x (variance between turns / variance between processes), as Kalibera
/// and Jones 2013 have it for two levels. `restart_s` and `block_s` are seconds, each for all lanes together.
[[nodiscard]] int turns_a_round(double restart_s, double block_s);

/// Lets every lane show how long it takes to settle after a switch from the others, and sets its block size; lanes of
/// about the same speed get the same one. Takes at most a quarter of what is left of `limit`: with slow lanes in fewer
/// and shorter passes, or in none, when the first inference has to do.
void calibrate_lanes(std::vector<Lane*> lanes, const TimeLimit& limit, Progress& progress);

/// Asked after each round with the number of rounds done: true ends the phase early because nothing is left to learn.
using EnoughRounds = std::function<bool(int rounds_done)>;

/// How the rounds of one batch size are run. What it refers to outlives the call.
struct RoundsRequest {
  const RunSettings& settings;
  const TimeLimit& limit;
  std::uint64_t seed = 1;
  EnoughRounds enough{};
  BoardLog* board = nullptr;  ///< sampled between the rounds
};

/// Times all lanes of one batch size side by side, once they are calibrated. In every round each lane gets a fresh
/// process, unless Lane::rounds_a_process() says otherwise; then the lanes take turns, each with one short block, in an
/// order drawn anew by the seed for every turn, so that the machine's bad moments fall on all of them. Small models
/// take several turns a round, as a process costs much more than a block. An estimate of the time is noted first. Ends
/// after settings.rounds rounds, when `enough` says so, on an interruption, and before a round that would reach beyond
/// the time limit, but never before the first. Where rounds_needed() do not fit, turns and blocks are made fewer and
/// shorter; lanes too slow even so get what share_rounds() says and are cut short. Lanes that fail drop out; the others
/// go on.
void run_latency_rounds(std::vector<Lane*> lanes, const RoundsRequest& request, Progress& progress);

}  // namespace qbench::engine
