// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/metrics/intervals.h"

namespace qbench::metrics {

/// The nightly record: every night the tested build runs interleaved with a pinned reference, and y = ln(tonight /
/// reference) is kept. Both suffer the same machine, so a machine change hardly moves y. All functions throw
/// Error(kUsage) on values that are not finite.

enum class NightAnswer { kQuiet, kSlower, kFaster, kInsufficient };

struct NightOptions {
  double alpha = 0.002;        ///< the interval is at 1 - alpha: 99.8 %
  double least_change = 0.01;  ///< a smaller change never alarms
};

struct NightVerdict {
  NightAnswer answer = NightAnswer::kInsufficient;
  double estimate = 0.0;             ///< median of the rounds' ln ratios; 0 without rounds
  std::optional<Interval> interval;  ///< absent for kInsufficient
};

/// One night on its own, from the ln ratios of its rounds: SLOWER when the exact order-statistic interval lies above 0
/// and the estimate is at least ln(1 + least_change); FASTER mirrored. An alarm is to be confirmed by a second run in
/// fresh processes: report it when both say SLOWER. 99.8 % needs at least 10 rounds.
[[nodiscard]] NightVerdict judge_night(std::span<const double> ratios, const NightOptions& options = {});

/// The rule of judge_night() for an estimate and an interval that are there already: stored ones, or ones less the
/// level that is usual for them.
[[nodiscard]] NightAnswer night_answer(double estimate, const Interval& interval, const NightOptions& options = {});

struct CreepOptions {
  std::size_t baseline_nights = 20;
  double slack = 0.5;      ///< in robust deviations per night
  double threshold = 5.0;  ///< in robust deviations
  double clamp = 4.0;      ///< one night counts at most so much
  double least_change = 0.01;
  std::size_t recent_nights = 5;
  double least_sd = 1e-4;  ///< a steadier series than this is taken for this steady
};

struct CreepNight {
  double z = 0.0;    ///< clamped; 0 for the nights without a full baseline
  double sum = 0.0;  ///< the cumulative sum after this night
  bool alarm = false;
};

/// Slow creep that no single night shows: Page's CUSUM (1954) on z = (y - median) / robust_sd of the
/// `baseline_nights` nights before, clamped; S = max(0, S + z - slack); an alarm while S > threshold and the median of
/// the last `recent_nights` nights is above ln(1 + least_change). One entry per night; `series` starts at the last
/// re-baselining. A creep lasts: count the first night of an alarm, not each.
[[nodiscard]] std::vector<CreepNight> detect_creep(std::span<const double> series, const CreepOptions& options = {});

struct MachineChangeOptions {
  std::size_t window = 20;       ///< nights looked back
  std::size_t least_nights = 5;  ///< nights needed before any answer
  double least_change = 0.05;
  double deviations = 5.0;
};

struct MachineChange {
  bool changed = false;
  double shift = 0.0;      ///< ln of tonight's reference time over the median of the nights before
  double threshold = 0.0;  ///< |shift| above it is a change: max(ln(1 + least_change), deviations * robust_sd)
};

/// Did the machine change tonight? From the absolute times (any unit, positive) of the *reference* build, oldest first,
/// tonight last: the reference never changes, so a jump is the machine's, and no regression is reported for it.
/// nullopt with fewer than least_nights nights before tonight.
[[nodiscard]] std::optional<MachineChange> detect_machine_change(std::span<const double> reference_times,
                                                                 const MachineChangeOptions& options = {});

}  // namespace qbench::metrics
