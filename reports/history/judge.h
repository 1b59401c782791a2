// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "core/metrics/intervals.h"
#include "reports/history/store.h"

namespace qbench::reports::history {

/// What the latest night of a series says.
enum class SeriesState {
  kQuiet,
  kFaster,
  kInsufficient,      ///< fewer than 10 rounds, or a variant's series of fewer than five nights before
  kNotMeasured,       ///< the lane or its reference failed
  kMachineChanged,    ///< the reference itself jumped: no regression is reported
  kReferenceChanged,  ///< another model or library than at the start of the segment, and no pin says so
  kConfirmNeeded,     ///< slower, once: to be run again
  kNotConfirmed,      ///< slower, but not in the second run
  kCreep,             ///< no single night shows it, all together do
  kSlower,            ///< and confirmed
};
/// "quiet", "faster", "confirm needed", ...
[[nodiscard]] std::string_view series_state_name(SeriesState state) noexcept;

/// Where the level of the series changed.
struct SeriesChange {
  RunId first = 0;   ///< first night of the new level
  RunId before = 0;  ///< the night before it; 0 when the segment starts with the new level
  double from = 0.0;
  double to = 0.0;
  bool change_point = false;  ///< shown by find_change_points(); else the nights that alarm without a gap
};

/// All ratios are ln(lane / reference), less `level`.
struct SeriesJudgement {
  SeriesState state = SeriesState::kInsufficient;
  RunId night = 0;         ///< the latest; 0 in an empty series
  std::int64_t place = 0;  ///< in the order of nights
  std::int64_t created = 0;
  std::optional<RunId> confirmed_by;  ///< the first second look at it
  std::size_t nights = 0;             ///< measured ones in this segment
  double level = 0.0;                 ///< kVariant: the usual ratio to the baseline; else 0
  std::optional<double> estimate;
  std::optional<metrics::Interval> interval;  ///< 99.8 %
  std::optional<SeriesChange> since;          ///< for every state that reports a difference
  std::optional<double> machine_shift;        ///< ln of the reference's jump; kMachineChanged
};

/// `points` of one segment, in the order of nights, confirmations included. A night alarms when its 99.8 % interval
/// lies above 0 and its estimate is 1 % or more, and counts when its first second look says the same
/// (metrics/history_stats.h). A variant's series is judged against its own usual level: the median of up to 20 nights
/// before.
[[nodiscard]] SeriesJudgement judge_series(std::span<const SeriesPoint> points, SeriesKind kind,
                                           bool reference_changed = false);

/// Points of a segment that the checks look back at: the nights of a year with some confirmations.
inline constexpr std::size_t kPointsLookedBack = 400;

}  // namespace qbench::reports::history
