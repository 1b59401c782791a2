// SPDX-License-Identifier: Apache-2.0
#include "reports/history/judge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "core/metrics/change_points.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/history_stats.h"

namespace qbench::reports::history {
namespace {

using metrics::NightAnswer;

constexpr std::size_t kLevelNights = 20;
constexpr std::size_t kLeastLevelNights = 5;
/// Enough for a window of 20 nights after the last jump of the machine.
constexpr std::size_t kMachineNights = 60;
/// Finding change points is quadratic; what is half a year old has been reported.
constexpr std::size_t kChangePointNights = 180;

constexpr std::array<std::string_view, 10> kStates{
    "quiet",          "faster",        "insufficient", "not measured", "machine changed", "reference changed",
    "confirm needed", "not confirmed", "creep",        "slower"};

struct Nights {
  std::vector<const SeriesPoint*> all;  ///< without confirmations
  std::vector<double> ratios;           ///< of the measured ones
  std::vector<const SeriesPoint*> measured;
};

Nights nights_of(std::span<const SeriesPoint> points) {
  Nights nights;
  for (const SeriesPoint& point : points) {
    if (point.confirms) continue;
    nights.all.push_back(&point);
    if (!point.estimate) continue;
    nights.measured.push_back(&point);
    nights.ratios.push_back(*point.estimate);
  }
  return nights;
}

NightAnswer answer_at(const SeriesPoint& point, double level) {
  if (!point.estimate || !point.interval) return NightAnswer::kInsufficient;
  return metrics::night_answer(*point.estimate - level, {point.interval->low - level, point.interval->high - level});
}

/// Median of the last nights before the latest; the latest measured night is the last of `ratios`.
std::optional<double> usual_level(std::span<const double> ratios) {
  if (ratios.size() < kLeastLevelNights + 1) return std::nullopt;
  const std::size_t count = std::min(kLevelNights, ratios.size() - 1);
  return metrics::median(ratios.subspan(ratios.size() - 1 - count, count));
}

/// The jump of the reference's absolute time in the latest night, if it did jump. After a jump the nights before it
/// are another machine's and do not count.
std::optional<double> machine_shift(std::span<const SeriesPoint* const> nights) {
  const metrics::MachineChangeOptions options;
  std::vector<double> times;
  std::optional<double> shift;
  for (const SeriesPoint* night : nights.last(std::min(kMachineNights, nights.size()))) {
    if (!night->reference_ns) continue;
    times.push_back(*night->reference_ns);
    const std::size_t count = std::min(times.size(), options.window + 1);
    const auto change = metrics::detect_machine_change(std::span(times).last(count), options);
    shift = change && change->changed ? std::optional(change->shift) : std::nullopt;
    if (shift) times = {times.back()};
  }
  return shift;
}

bool creeps(std::span<const double> ratios, SeriesKind kind) {
  std::vector<double> series(ratios.begin(), ratios.end());
  if (kind == SeriesKind::kVariant) {
    const double level = metrics::median(ratios.first(std::min(kLevelNights, ratios.size())));
    for (double& ratio : series) ratio -= level;
  }
  // The sum need not be made where the second condition of an alarm does not hold.
  const metrics::CreepOptions options;
  const std::size_t recent = std::min(options.recent_nights, series.size());
  if (metrics::median(std::span(series).last(recent)) <= std::log1p(options.least_change)) return false;
  const std::vector<metrics::CreepNight> nights = metrics::detect_creep(series, options);
  return !nights.empty() && nights.back().alarm;
}

SeriesState state_of(std::span<const SeriesPoint> points, const SeriesPoint& latest, SeriesJudgement& judgement) {
  switch (answer_at(latest, judgement.level)) {
    case NightAnswer::kInsufficient:
      return SeriesState::kInsufficient;
    case NightAnswer::kQuiet:
      return SeriesState::kQuiet;
    case NightAnswer::kFaster:
      return SeriesState::kFaster;
    case NightAnswer::kSlower:
      break;
  }
  for (const SeriesPoint& point : points) {
    if (point.confirms != latest.run || !point.interval) continue;
    judgement.confirmed_by = point.run;
    const bool agrees = answer_at(point, judgement.level) == NightAnswer::kSlower;
    return agrees ? SeriesState::kSlower : SeriesState::kNotConfirmed;
  }
  return SeriesState::kConfirmNeeded;
}

/// The last change point; where none is shown, the first of the last nights that answer like the latest one.
SeriesChange change_of(const Nights& nights, double level) {
  const std::size_t count = std::min(kChangePointNights, nights.ratios.size());
  const std::size_t offset = nights.ratios.size() - count;
  const auto points = metrics::find_change_points(std::span(nights.ratios).subspan(offset));
  const auto id = [&](std::size_t place) { return nights.measured[place]->run; };
  if (!points.empty()) {
    const metrics::ChangePoint& last = points.back();
    const std::size_t place = offset + last.index;
    return {id(place), id(place - 1), last.before - level, last.after - level, true};
  }
  const NightAnswer answer = answer_at(*nights.measured.back(), level);
  std::size_t first = nights.measured.size() - 1;
  while (first > 0 && answer_at(*nights.measured[first - 1], level) == answer) --first;
  SeriesChange change{.first = id(first), .to = nights.ratios.back() - level};
  if (first > 0) change.before = id(first - 1);
  if (first > 0) change.from = nights.ratios[first - 1] - level;
  return change;
}

bool reports_difference(SeriesState state) {
  return state == SeriesState::kFaster || state == SeriesState::kConfirmNeeded || state == SeriesState::kNotConfirmed ||
         state == SeriesState::kCreep || state == SeriesState::kSlower;
}

}  // namespace

std::string_view series_state_name(SeriesState state) noexcept { return kStates[static_cast<std::size_t>(state)]; }

SeriesJudgement judge_series(std::span<const SeriesPoint> points, SeriesKind kind, bool reference_changed) {
  SeriesJudgement judgement;
  const Nights nights = nights_of(points);
  if (nights.all.empty()) return judgement;
  const SeriesPoint& latest = *nights.all.back();
  judgement.night = latest.run;
  judgement.place = latest.place;
  judgement.created = latest.created;
  judgement.nights = nights.measured.size();
  judgement.state = SeriesState::kNotMeasured;
  if (!latest.estimate) return judgement;
  const auto level = kind == SeriesKind::kVariant ? usual_level(nights.ratios) : std::optional(0.0);
  judgement.level = level.value_or(0.0);
  judgement.estimate = *latest.estimate - judgement.level;
  if (latest.interval) {
    judgement.interval = {latest.interval->low - judgement.level, latest.interval->high - judgement.level};
  }
  judgement.machine_shift = machine_shift(nights.all);
  if (reference_changed) {
    judgement.state = SeriesState::kReferenceChanged;
  } else if (judgement.machine_shift) {
    judgement.state = SeriesState::kMachineChanged;
  } else {
    judgement.state = level ? state_of(points, latest, judgement) : SeriesState::kInsufficient;
    const bool open = judgement.state == SeriesState::kSlower || judgement.state == SeriesState::kConfirmNeeded;
    if (!open && level && kind != SeriesKind::kCanary && creeps(nights.ratios, kind))
      judgement.state = SeriesState::kCreep;
  }
  if (reports_difference(judgement.state)) judgement.since = change_of(nights, judgement.level);
  return judgement;
}

}  // namespace qbench::reports::history
