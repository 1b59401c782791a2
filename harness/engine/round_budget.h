// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/engine/channel.h"
#include "harness/engine/settings.h"

namespace qbench::engine {

/// The time that one batch size may take over all its cells (RunSettings::max_seconds): loading, first inferences,
/// calibration and rounds count. Its clock runs from the start on and stands still between pause() and resume(), while
/// the run does something else.
class TimeLimit {
 public:
  explicit TimeLimit(double seconds) : seconds_(seconds) {}

  void pause() { past_s_ = spent_s(), start_.reset(); }
  void resume() {
    if (!start_) start_ = Clock::now();
  }
  [[nodiscard]] double seconds() const noexcept { return seconds_; }
  [[nodiscard]] double spent_s() const {
    return past_s_ + (start_ ? std::chrono::duration<double>(Clock::now() - *start_).count() : 0.0);
  }
  [[nodiscard]] double left_s() const { return seconds_ - spent_s(); }

 private:
  double seconds_;
  double past_s_ = 0.0;
  std::optional<Clock::time_point> start_ = Clock::now();  // absent while it stands still
};

/// Part of the time left that calibration may take, and part of what it leaves that the fewest rounds are planned into.
inline constexpr double kCalibrationShare = 0.25;
inline constexpr double kPlannedShare = 0.9;

/// The fewest rounds that room is made for: what a verdict takes (10), min_rounds if that is more, and never more than
/// were asked for.
[[nodiscard]] int rounds_needed(const RunSettings& settings);

/// Rounds that a lane gets whatever the time, those that a verdict takes, and the most.
struct RoundsWanted {
  int least = 1;
  int needed = 10;
  int most = 160;
};

/// How many rounds each lane may have, given what one of its rounds takes (`round_s`, seconds) and the time left for
/// all: the most where those needed fit into a fair share, else as many as do and at least the least. A lane that needs
/// less than its share leaves the rest to the slower ones, so that one slow lane does not take the others' verdicts.
[[nodiscard]] std::vector<int> share_rounds(const std::vector<double>& round_s, double left_s,
                                            const RoundsWanted& wanted);

/// What is said of a batch size before its rounds.
struct RoundsEstimate {
  int batch = 1;
  double spent_s = 0.0;            ///< of the limit, until now
  std::vector<std::string> cells;  ///< ids, one a lane
  std::vector<double> round_s;     ///< of each, all turns and its share of restarts
  std::vector<int> rounds;         ///< share_rounds()
};

/// "batch 64: about 95 s for up to 160 rounds of 6 cells; limit 120 s"; names lanes that get no verdict, and the limit
/// that would hold them.
[[nodiscard]] std::string estimate_text(const RoundsEstimate& estimate, const RunSettings& settings);

/// Why a lane has `done` rounds and no more, and the limit that would do; `spent_s` went by before the rounds, and one
/// round of all lanes takes `round_s`.
[[nodiscard]] std::string cut_short_text(int done, double spent_s, double round_s, const RunSettings& settings);

}  // namespace qbench::engine
