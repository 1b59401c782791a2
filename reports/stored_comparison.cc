// SPDX-License-Identifier: Apache-2.0
#include "reports/stored_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/metrics/descriptive.h"
#include "core/metrics/round_ratios.h"
#include "core/units.h"

namespace qbench::reports {
namespace {

std::vector<double> log_medians(const LaneRecord& lane) {
  std::vector<double> logs;
  for (const auto& [round, median] : metrics::round_medians(lane)) logs.push_back(std::log(median));
  return logs;
}

/// One batch of a pair, with the lanes of the cell that both runs share; these are null without one.
struct LanePair {
  const LaneRecord& a;
  const LaneRecord& b;
  const LaneRecord* shared_a = nullptr;
  const LaneRecord* shared_b = nullptr;
  std::string shared;  ///< that cell's id

  [[nodiscard]] bool is_shared() const noexcept { return shared_a != nullptr && shared_b != nullptr; }
};

/// Part of a machine's change that does not cancel in a ratio to a shared cell: over nights on a shared server medians
/// moved by 1.4 to 3 % and their ratios by 0.3 to 0.5 % (standard deviations).
constexpr double kUnsharedPart = 0.25;

/// What a figure may have drifted by between the runs, as a fraction. A ratio to a shared cell does so by what the
/// board is known for, or, if that is more, by a part of what that cell's own time changed by: what slowed it need not
/// slow another model alike.
double noise_between(const LanePair& lanes, const StoredSettings& settings) {
  if (!lanes.is_shared()) return settings.run_noise;
  const double change = metrics::median(log_medians(*lanes.shared_b)) - metrics::median(log_medians(*lanes.shared_a));
  return std::max(settings.ratio_noise, std::expm1(kUnsharedPart * std::abs(change)));
}

metrics::LatencyVerdict judge(const LanePair& lanes, const StoredSettings& settings) {
  const metrics::LatencyVerdictOptions& latency = settings.comparison.latency;
  metrics::BetweenRunsOptions options{
      .margin = latency.margin, .alpha = latency.alpha, .equivalence_alpha = latency.equivalence_alpha};
  options.noise = noise_between(lanes, settings);
  if (!lanes.is_shared()) {
    return metrics::judge_between_runs(log_medians(lanes.a), log_medians(lanes.b), options);
  }
  return metrics::judge_between_runs(metrics::round_log_ratios(lanes.a, *lanes.shared_a),
                                     metrics::round_log_ratios(lanes.b, *lanes.shared_b), options);
}

/// Which method was used, and what would tell more.
std::string advice_for(const LanePair& lanes, const metrics::LatencyVerdict& verdict, const StoredSettings& settings) {
  if (verdict.answer == metrics::LatencyAnswer::kInsufficient) {
    return fmt::format("a run has fewer than {} rounds", metrics::kLeastRounds);
  }
  std::string text = fmt::format("two runs one after the other, {:.3g} % of drift allowed for",
                                 kPercent * noise_between(lanes, settings));
  if (lanes.is_shared()) text = fmt::format("ratio to '{}', which both runs share: {}", lanes.shared, text);
  if (verdict.answer != metrics::LatencyAnswer::kInconclusive) return text;
  return text + "; 'qbench compare --live' may tell";
}

SpeedUp speed_between_runs(const LanePair& lanes, const StoredSettings& settings) {
  const metrics::LatencyVerdict verdict = judge(lanes, settings);
  SpeedUp speed_up;
  const double mine = metrics::median(lanes.b.samples_ns());
  if (mine > 0.0) speed_up.ratio = metrics::median(lanes.a.samples_ns()) / mine;
  speed_up.rounds = static_cast<int>(verdict.rounds);
  speed_up.confidence = 1.0 - settings.comparison.latency.alpha;
  speed_up.verdict = metrics::answer_name(verdict.answer);
  speed_up.advice = advice_for(lanes, verdict, settings);
  if (verdict.rounds > 0) speed_up.paired_ratio = std::exp(-verdict.estimate);
  if (verdict.interval) {
    speed_up.paired_interval = metrics::Interval{std::exp(-verdict.interval->high), std::exp(-verdict.interval->low)};
  }
  return speed_up;
}

/// Two records may name different programs by one path: the side keeps them apart.
std::string worker_name(const char* side, const WorkerRecord& worker) {
  return fmt::format("{}: {}", side, worker.path);
}

class Merger {
 public:
  Merger(const StoredRun& a, const StoredRun& b, const Pairing& pairing, const StoredSettings& settings)
      : a_(a), b_(b), pairing_(pairing), settings_(settings) {}

  StoredComparison merge(const std::vector<std::string>& forced) {
    describe(forced);
    for (const CellPair& pair : pairing_.pairs) add_cell(a_, *pair.a, "reference", "");
    for (const CellPair& pair : pairing_.pairs) add_cell(b_, *pair.b, "candidate", pair.a->id + "-reference");
    const auto judge = [this](const JudgedLanes& lanes) { return judge_pair(lanes.cell, lanes.lane.batch); };
    result_.comparison =
        compare_cells(result_.record, result_.predictions, settings_.comparison, {.judge = judge, .weighs = false});
    return std::move(result_);
  }

 private:
  void describe(const std::vector<std::string>& forced) {
    Record& record = result_.record;
    record = b_.record;
    record.cells.clear();
    record.workers.clear();
    record.partial = a_.record.partial || b_.record.partial;
    record.name = fmt::format("{}{} vs {}", forced.empty() ? "" : "forced: ", a_.record.name, b_.record.name);
    record.warnings.clear();
    for (const std::string& reason : forced) record.warnings.push_back("forced: " + reason);
    record.warnings.push_back(fmt::format("latency was timed in two runs, {} and {}: the machine may have changed",
                                          a_.record.created_utc, b_.record.created_utc));
    for (const std::string& line : pairing_.unpaired) record.warnings.push_back("not compared: " + line);
    add_warnings(a_, "reference");
    add_warnings(b_, "candidate");
  }

  void add_warnings(const StoredRun& run, const char* side) {
    std::vector<std::string>& warnings = result_.record.warnings;
    for (const std::string& line : run.record.warnings) warnings.push_back(fmt::format("{}: {}", side, line));
    for (const std::string& line : run.warnings) warnings.push_back(fmt::format("{}: {}", side, line));
  }

  void add_cell(const StoredRun& run, const CellRecord& cell, const char* side, const std::string& baseline) {
    CellRecord& merged = result_.record.cells.emplace_back(cell);
    merged.id = fmt::format("{}-{}", cell.id, side);
    merged.side = side;
    merged.baseline = baseline.empty() ? merged.id : baseline;
    if (merged.accuracy) merged.accuracy->predictions_file.clear();  // it lies in the other folder
    if (merged.accuracy) merged.accuracy->scores_file.clear();
    for (const CellPredictions& predictions : run.predictions) {
      if (predictions.cell == cell.id) result_.predictions.push_back({merged.id, predictions.predictions});
    }
    if (const WorkerRecord* worker = run.record.worker_of(cell)) merged.worker = add_worker(side, *worker);
  }

  std::string add_worker(const char* side, const WorkerRecord& worker) {
    const std::string name = worker_name(side, worker);
    std::vector<WorkerRecord>& workers = result_.record.workers;
    if (std::ranges::find(workers, name, &WorkerRecord::path) == workers.end()) {
      workers.push_back(worker);
      workers.back().path = name;
    }
    return name;
  }

  /// The candidates stand behind all references, in the order of the pairs.
  SpeedUp judge_pair(const CellRecord& candidate, int batch) const {
    const auto index = static_cast<std::size_t>(&candidate - result_.record.cells.data()) - pairing_.pairs.size();
    const CellPair& pair = pairing_.pairs.at(index);
    LanePair lanes{.a = *pair.a->lane(batch), .b = *pair.b->lane(batch)};
    const CellPair shared = shared_cell(a_.record, b_.record, pair, batch);
    if (shared.a != nullptr) {
      lanes.shared_a = shared.a->lane(batch);
      lanes.shared_b = shared.b->lane(batch);
      lanes.shared = shared.a->id;
    }
    return speed_between_runs(lanes, settings_);
  }

  const StoredRun& a_;
  const StoredRun& b_;
  const Pairing& pairing_;
  const StoredSettings& settings_;
  StoredComparison result_;
};

}  // namespace

StoredComparison compare_stored(const StoredRun& a, const StoredRun& b, const Pairing& pairing,
                                const std::vector<std::string>& forced, const StoredSettings& settings) {
  return Merger(a, b, pairing, settings).merge(forced);
}

}  // namespace qbench::reports
