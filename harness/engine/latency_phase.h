// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <random>
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
  EnoughRounds enough{};      ///< may be empty
  BoardLog* board = nullptr;  ///< sampled between the rounds
};

/// The rounds of one batch size: times all its lanes side by side, once they are calibrated. In every round each lane
/// gets a fresh process, unless Lane::rounds_a_process() says otherwise; then the lanes take turns, each with one short
/// block, in an order drawn anew by the seed for every turn, so that the machine's bad moments fall on all of them.
/// Small models take several turns a round, as a process costs much more than a block. An estimate of the time is noted
/// first. Where rounds_needed() do not fit the time limit, turns and blocks are made fewer and shorter; lanes too slow
/// even so get what share_rounds() says and are cut short. Lanes that fail drop out; the others go on. Main thread
/// only.
class LatencyRounds {
 public:
  LatencyRounds(std::vector<Lane*> lanes, const RoundsRequest& request, Progress& progress);

  /// Up to `rounds` further rounds. None is begun once done().
  void visit(int rounds);
  /// After settings.rounds rounds, when `enough` said so, on an interruption, and before a round that would reach
  /// beyond the time limit, but never before the first.
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] int rounds_done() const noexcept { return round_; }
  /// Ends the workers of lanes that get fresh ones in the next round anyway: other work may then have the machine.
  void rest();

 private:
  /// False when there is no next round.
  bool step();
  [[nodiscard]] double round_seconds(const Lane& lane) const;
  [[nodiscard]] double round_seconds() const;
  void make_room();
  void share();
  [[nodiscard]] std::vector<int> shares_after(int done, int least) const;
  void run_round(int round);
  [[nodiscard]] double expected_s() const;
  void dismiss(int done);
  void cut_all(int done);
  void cut(Lane& lane, int done) const;

  std::vector<Lane*> lanes_;
  RoundsRequest request_;
  Progress& progress_;
  std::mt19937_64 random_;
  int turns_ = 1;
  int round_ = 0;
  bool done_ = false;
  std::map<const Lane*, int> shares_;
  double round_s_ = 0.0;  // of all lanes at the start
  double spent_before_s_ = 0.0;
  double estimated_s_ = 0.0;  // of the rounds begun so far
};

/// All the rounds in one visit.
void run_latency_rounds(std::vector<Lane*> lanes, const RoundsRequest& request, Progress& progress);

}  // namespace qbench::engine
