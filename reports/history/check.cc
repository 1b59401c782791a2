// SPDX-License-Identifier: Apache-2.0
#include "reports/history/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "core/metrics/descriptive.h"
#include "reports/accuracy_columns.h"

namespace qbench::reports::history {
namespace {

using metrics::GateMetric;
using metrics::GateOutcome;
using metrics::NightAnswer;

constexpr std::int64_t kDay = 24 * 3600;
constexpr std::size_t kNightsOfAnswers = 60;  // looked back for the night that changed them
constexpr std::size_t kLeastCanaryNights = 10;
constexpr std::array<std::string_view, 3> kCheckStates{"quiet", "confirm-needed", "alarm"};
constexpr std::array<std::string_view, 5> kGateStates{"pass", "cannot tell", "not confirmed", "confirm needed", "miss"};

/// The same every time it is measured.
bool is_exact(GateMetric metric) {
  return metric == GateMetric::kSize || metric == GateMetric::kTop1 || metric == GateMetric::kTop5;
}

/// A run that had to be read as a whole.
struct LoadedRun {
  StoredRun run;
  Comparison comparison;

  [[nodiscard]] const CellRecord* cell(const std::string& id) const {
    const auto found = std::ranges::find(run.record.cells, id, &CellRecord::id);
    return found == run.record.cells.end() ? nullptr : &*found;
  }
  [[nodiscard]] const std::vector<Prediction>* predictions(const std::string& id) const {
    const auto found = std::ranges::find(run.predictions, id, &CellPredictions::cell);
    return found == run.predictions.end() ? nullptr : &found->predictions;
  }
};

class Checker {
 public:
  Checker(const Store& store, const CheckOptions& options) : store_(store), options_(options) {}

  CheckReport check() {
    for (const Pin& pin : store_.pins()) {
      std::int64_t& start = segment_start_[pin.series];
      start = pin.place;
    }
    CheckReport report;
    for (SeriesInfo& series : current_series(report)) {
      const auto points = store_.points(series.id, segment_start_[series.id], kPointsLookedBack);
      if (points.empty()) continue;
      if (series.key.kind == SeriesKind::kCanary) {
        add_canary(series, points);
      } else {
        pending_.emplace_back(std::move(series), points);
      }
    }
    finish_canaries(report);
    for (auto& [series, points] : pending_) report.series.push_back(find(series, points));
    report.misdated = store_.misdated(options_.filter);
    return report;
  }

 private:
  /// Without those that ended; these go into the report's list.
  std::vector<SeriesInfo> current_series(CheckReport& report) const {
    std::vector<SeriesInfo> all = store_.series(options_.filter);
    std::map<std::pair<std::string, std::string>, std::int64_t> newest;
    for (const SeriesInfo& series : all) {
      std::int64_t& time = newest[{series.board, series.unit}];
      time = std::max(time, series.newest.value_or(0));
    }
    std::vector<SeriesInfo> current;
    for (SeriesInfo& series : all) {
      // Without a possible date nobody knows how old it is: it is looked at rather than left out.
      const std::int64_t oldest = newest[{series.board, series.unit}] - options_.most_age_days * kDay;
      const bool old = series.newest && *series.newest < oldest;
      (old ? report.old : current).push_back(std::move(series));
    }
    return current;
  }

  struct Canary {
    CanaryFinding finding;
    std::vector<double> uniform;
    std::map<int, std::vector<double>> sizes;  ///< |estimate| by batch
  };

  void add_canary(const SeriesInfo& series, const std::vector<SeriesPoint>& points) {
    Canary& canary = canaries_[{series.board + " " + series.unit, series.branch}];
    canary.finding.board = series.board;
    canary.finding.branch = series.branch;
    for (const SeriesPoint& point : points) {
      if (point.answer == NightAnswer::kInsufficient || !point.estimate) continue;
      const bool alarm = point.answer != NightAnswer::kQuiet;
      ++canary.finding.nights;
      canary.finding.alarms += alarm ? 1 : 0;
      canary.finding.tonight |= alarm && &point == &points.back();
      if (point.uniform) canary.uniform.push_back(*point.uniform);
      canary.sizes[series.key.batch].push_back(std::abs(*point.estimate));
    }
  }

  void finish_canaries(CheckReport& report) {
    for (auto& [key, canary] : canaries_) {
      CanaryFinding& finding = canary.finding;
      if (finding.nights == 0) continue;
      finding.alarm_share = metrics::proportion_interval(finding.alarms, finding.nights);
      finding.uniform = metrics::ks_uniform_test(canary.uniform);
      std::vector<double> all;
      for (const auto& [batch, sizes] : canary.sizes) {
        all.insert(all.end(), sizes.begin(), sizes.end());
        if (sizes.size() < kLeastCanaryNights || (batch != 1 && batch != 64)) continue;
        floors_[key][batch == 1 ? GateMetric::kLatency : GateMetric::kLatency64] = usual_difference(sizes);
      }
      finding.usual_difference = usual_difference(all);
      report.canaries.push_back(finding);
    }
  }

  static double usual_difference(const std::vector<double>& sizes) {
    constexpr double kMost = 0.95;
    return std::expm1(metrics::quantile_of_sorted(metrics::sorted_copy(sizes), kMost));
  }

  const LoadedRun& loaded(RunId id) {
    const auto found = runs_.find(id);
    if (found != runs_.end()) return found->second;
    LoadedRun run{store_.load(id), {}};
    run.comparison =
        compare_cells(run.run.record, run.run.predictions, {.accuracy_margin_points = options_.accuracy_margin_points});
    return runs_.emplace(id, std::move(run)).first->second;
  }

  bool reference_changed(const SeriesInfo& series, const SeriesPoint& latest) const {
    if (series.key.kind != SeriesKind::kNight || latest.reference_lane == 0) return false;
    const auto first = store_.first_point(series.id, segment_of(series.id));
    return first && store_.lane(first->reference_lane).identity != store_.lane(latest.reference_lane).identity;
  }

  [[nodiscard]] std::int64_t segment_of(std::int64_t series) const {
    const auto found = segment_start_.find(series);
    return found == segment_start_.end() ? 0 : found->second;
  }

  SeriesFinding find(const SeriesInfo& series, const std::vector<SeriesPoint>& points) {
    SeriesFinding finding{.series = series};
    const auto latest = std::find_if(points.rbegin(), points.rend(), [](const auto& point) { return !point.confirms; });
    if (latest == points.rend()) return finding;
    finding.judgement = judge_series(points, series.key.kind, reference_changed(series, *latest));
    if (const auto& since = finding.judgement.since) {
      finding.changed_in = store_.run(since->first);
      if (since->before != 0) finding.before_change = store_.run(since->before);
    }
    const LaneInfo lane = store_.lane(latest->lane);
    if (finding.judgement.state == SeriesState::kNotMeasured) explain_failure(*latest, lane, finding);
    if (!cells_seen_.insert({latest->run, lane.cell}).second) return finding;
    if (!lane.prediction_sha256.empty()) finding.accuracy = compare_answers(series, points, *latest, lane);
    if (!options_.gates.empty()) finding.gates = check_gates_of(series, finding.judgement, lane.cell);
    return finding;
  }

  void explain_failure(const SeriesPoint& point, const LaneInfo& lane, SeriesFinding& finding) const {
    LaneInfo failed = lane;
    if (failed.status == Status::kOk && point.reference_lane != 0) failed = store_.lane(point.reference_lane);
    finding.failure = failed.status == Status::kOk
                          ? "no rounds in common with its reference"
                          : fmt::format("'{}' {}: {}", failed.cell, status_name(failed.status), failed.reason);
    finding.failed = failed.status != Status::kUnsupported;
  }

  /// Against the reference of the same night where there is one, else against the night before.
  std::optional<AccuracyFinding> compare_answers(const SeriesInfo& series, const std::vector<SeriesPoint>& points,
                                                 const SeriesPoint& latest, const LaneInfo& lane) {
    std::vector<const SeriesPoint*> before;  // newest first
    for (const SeriesPoint& point : points) {
      if (!point.confirms && point.run != latest.run) before.insert(before.begin(), &point);
    }
    AccuracyFinding finding{.since = latest.run};
    RunId other_run = latest.run;
    LaneInfo other = series.key.kind == SeriesKind::kNight ? store_.lane(latest.reference_lane) : LaneInfo{};
    finding.against = "the reference";
    if (other.prediction_sha256.empty()) {
      if (before.empty()) return std::nullopt;
      other = store_.lane(before.front()->lane);
      other_run = before.front()->run;
      finding.against = fmt::format("night {}", other_run);
    }
    if (other.prediction_sha256.empty() || other.prediction_sha256 == lane.prediction_sha256) return std::nullopt;
    for (std::size_t i = 0; i < std::min(before.size(), kNightsOfAnswers); ++i) {
      if (store_.lane(before[i]->lane).prediction_sha256 != lane.prediction_sha256) break;
      finding.since = before[i]->run;
    }
    finding.paired = paired(latest.run, lane.cell, other_run, other.cell);
    return finding;
  }

  std::optional<PairedAccuracy> paired(RunId run, const std::string& cell, RunId other_run, const std::string& other) {
    const LoadedRun& mine = loaded(run);
    const LoadedRun& theirs = loaded(other_run);
    const CellRecord* my_cell = mine.cell(cell);
    const CellRecord* their_cell = theirs.cell(other);
    if (my_cell == nullptr || their_cell == nullptr) return std::nullopt;
    if (!mine.run.record.dataset || !theirs.run.record.dataset ||
        mine.run.record.dataset->sha256 != theirs.run.record.dataset->sha256) {
      return std::nullopt;
    }
    const auto compared = compare_accuracy({*my_cell, mine.predictions(cell)}, {*their_cell, theirs.predictions(other)},
                                           {.accuracy_margin_points = options_.accuracy_margin_points});
    return compared ? compared->paired : std::nullopt;
  }

  std::vector<metrics::GateResult> gate_results(const SeriesInfo& series, RunId id, const std::string& cell) {
    const LoadedRun& run = loaded(id);
    const CellRecord* found = run.cell(cell);
    if (found == nullptr) return metrics::evaluate_gates(options_.gates, {});
    const auto place = static_cast<std::size_t>(found - run.run.record.cells.data());
    return metrics::evaluate_gates(options_.gates,
                                   gate_measurements(run.run.record, run.comparison, place, floors_of(series)));
  }

  [[nodiscard]] NoiseFloors floors_of(const SeriesInfo& series) const {
    NoiseFloors floors = options_.board_floors ? options_.board_floors(series.board) : NoiseFloors{};
    const auto canary = floors_.find({series.board + " " + series.unit, series.branch});
    if (canary == floors_.end()) return floors;
    for (const auto& [metric, floor] : canary->second) floors[metric] = std::max(floors[metric], floor);
    return floors;
  }

  std::vector<SeriesGate> check_gates_of(const SeriesInfo& series, const SeriesJudgement& judgement,
                                         const std::string& cell) {
    const auto first = gate_results(series, judgement.night, cell);
    std::vector<metrics::GateResult> second;
    if (const auto confirmation = confirmation_of(series, judgement))
      second = gate_results(series, *confirmation, cell);
    std::vector<SeriesGate> gates;
    for (std::size_t i = 0; i < first.size(); ++i) {
      SeriesGate gate{.result = first[i]};
      if (first[i].outcome == GateOutcome::kPass) gate.state = GateState::kPass;
      if (first[i].outcome == GateOutcome::kMiss) {
        const bool again = !second.empty() && second[i].outcome == GateOutcome::kMiss;
        gate.state = second.empty() ? GateState::kConfirmNeeded : again ? GateState::kMiss : GateState::kNotConfirmed;
        if (is_exact(first[i].gate.metric)) gate.state = GateState::kMiss;
      }
      gates.push_back(std::move(gate));
    }
    return gates;
  }

  /// The first second look at the night, whatever the night itself says.
  [[nodiscard]] std::optional<RunId> confirmation_of(const SeriesInfo& series, const SeriesJudgement& judgement) const {
    if (judgement.confirmed_by) return judgement.confirmed_by;
    for (const SeriesPoint& point : store_.points(series.id, judgement.place)) {
      if (point.confirms == judgement.night) return point.run;
    }
    return std::nullopt;
  }

  const Store& store_;
  const CheckOptions& options_;
  std::map<std::int64_t, std::int64_t> segment_start_;  ///< by series
  std::map<std::pair<std::string, std::string>, Canary> canaries_;
  std::map<std::pair<std::string, std::string>, NoiseFloors> floors_;
  std::vector<std::pair<SeriesInfo, std::vector<SeriesPoint>>> pending_;
  std::map<RunId, LoadedRun> runs_;
  std::set<std::pair<RunId, std::string>> cells_seen_;
};

}  // namespace

std::string_view check_state_name(CheckState state) noexcept { return kCheckStates[static_cast<std::size_t>(state)]; }
std::string_view gate_state_name(GateState state) noexcept { return kGateStates[static_cast<std::size_t>(state)]; }

bool SeriesFinding::to_confirm() const noexcept {
  return judgement.state == SeriesState::kConfirmNeeded ||
         std::ranges::any_of(gates, [](const SeriesGate& gate) { return gate.state == GateState::kConfirmNeeded; });
}

bool SeriesFinding::alarm() const noexcept {
  return judgement.state == SeriesState::kSlower || judgement.state == SeriesState::kCreep || failed ||
         (accuracy && accuracy->worse()) ||
         std::ranges::any_of(gates, [](const SeriesGate& gate) { return gate.state == GateState::kMiss; });
}

CheckState CheckReport::state() const noexcept {
  for (const SeriesFinding& finding : series) {
    if (finding.to_confirm()) return CheckState::kConfirmNeeded;
  }
  return alarm() ? CheckState::kAlarm : CheckState::kQuiet;
}

bool CheckReport::alarm() const noexcept {
  return std::ranges::any_of(series, [](const SeriesFinding& finding) { return finding.alarm(); });
}

CheckReport check_history(const Store& store, const CheckOptions& options) { return Checker(store, options).check(); }

}  // namespace qbench::reports::history
