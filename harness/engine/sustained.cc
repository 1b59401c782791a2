// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/sustained.h"

#include <algorithm>

#include "core/metrics/descriptive.h"
#include "core/metrics/latency_stats.h"
#include "core/metrics/steady.h"
#include "harness/engine/finished.h"
#include "harness/engine/interrupt.h"

namespace qbench::engine {
namespace {

constexpr double kMinute = 60.0;
constexpr double kWindows = 10.0;
constexpr double kLongestSteadyStretch = 0.5;
constexpr double kStretchesPerWindow = 4.0;
constexpr double kNsPerMs = 1e6;

/// Mean over the samples of the largest value that each shows; nullopt without any.
template <typename Values>
std::optional<double> mean_of_largest(const std::vector<BoardSample>& samples, Values BoardSample::*field) {
  double sum = 0.0;
  int count = 0;
  for (const BoardSample& sample : samples) {
    const Values& values = sample.*field;
    if (values.empty()) continue;
    const auto largest = std::ranges::max_element(values, {}, [](const auto& entry) { return entry.second; });
    sum += static_cast<double>(largest->second);
    ++count;
  }
  return count > 0 ? std::optional(sum / count) : std::nullopt;
}

class Sustained {
 public:
  Sustained(RunState& run, Lane& lane, double seconds) : run_(run), lane_(lane), run_start_s_(run.seconds()) {
    record_.figures.seconds = seconds;
    record_.figures.window_s = sustained_window_s(seconds);
  }

  SustainedRecord measure() {
    sample();
    while (now() < record_.figures.seconds && run_stretch()) {
      if (now() - window_start_ >= record_.figures.window_s) close_window();
    }
    sample();
    // What is left is a window of its own only when it is most of one.
    if (now() - window_start_ >= record_.figures.window_s / 2.0) close_window();
    finish();
    return std::move(record_);
  }

 private:
  [[nodiscard]] double now() const { return run_.seconds() - run_start_s_; }

  void sample() {
    if (run_.board != nullptr) run_.board->tick();
  }

  bool run_stretch() {
    const double stretch = std::min(kLongestSteadyStretch, record_.figures.window_s / kStretchesPerWindow);
    const std::vector<double> samples_ns = lane_.run_stretch(stretch);
    invokes_ += static_cast<std::int64_t>(samples_ns.size());
    window_ns_.insert(window_ns_.end(), samples_ns.begin(), samples_ns.end());
    sample();
    run_.progress.advance(static_cast<std::size_t>(now()));
    return lane_.ok() && !interrupted();
  }

  void close_window() {
    if (window_ns_.empty()) return;
    const auto summary = metrics::summarize_latencies(window_ns_);
    SustainedWindow window{.start_s = window_start_,
                           .seconds = now() - window_start_,
                           .invokes = static_cast<std::int64_t>(window_ns_.size()),
                           .p50_ms = summary->p50 / kNsPerMs};
    if (summary->p90) window.p90_ms = *summary->p90 / kNsPerMs;
    if (run_.board != nullptr) {
      const auto samples = run_.board->between(run_start_s_ + window_start_, run_.seconds());
      window.mhz = mean_of_largest(samples, &BoardSample::frequency_khz);
      if (window.mhz) *window.mhz /= 1e3;
      window.celsius = mean_of_largest(samples, &BoardSample::celsius);
    }
    record_.figures.windows.push_back(window);
    window_start_ = now();
    window_ns_.clear();
  }

  void finish() {
    record_.outcome = lane_.record().outcome;
    record_.partial = interrupted() || record_.outcome.status == Status::kCancelled;
    run_.tag(record_, run_start_s_);
    judge();
    if (run_.board == nullptr) return;
    record_.energy = energy_over(run_.board->board().energy, run_.board->between(run_start_s_, run_.seconds()));
    if (record_.energy.joules && invokes_ > 0) *record_.energy.joules /= static_cast<double>(invokes_);
  }

  void judge() {
    SustainedFigures& figures = record_.figures;
    std::vector<double> medians;
    for (const SustainedWindow& window : figures.windows) medians.push_back(window.p50_ms);
    if (!medians.empty()) figures.cold_ms = medians.front();
    const auto steady = metrics::find_steady(medians);
    if (!steady) return;
    figures.steady_ms = steady->level;
    figures.steady_after_s = figures.windows[steady->first].start_s;
  }

  RunState& run_;
  Lane& lane_;
  double run_start_s_;         // when this began, in the run's time
  double window_start_ = 0.0;  // since this began
  std::int64_t invokes_ = 0;
  std::vector<double> window_ns_;
  SustainedRecord record_;
};

bool may_sustain(const CellState& cell) {
  const LaneRecord* lane = cell.record.lane(1);
  return cell.described() && (lane == nullptr || lane->outcome.ok());
}

SustainedRecord measure_cell(RunState& run, ImageStore& images, CellState& cell) {
  cell.loaded.reset();  // the description's worker: this lane is a fresh one
  Lane lane(run.lane_context(*cell.plan), 1);
  if (lane.load() && lane.warm_up(cell.feed(images.cache_for(cell.record.recipe, cell.shape)))) {
    return run_sustained(run, lane, run.plan.settings.sustain_s);
  }
  SustainedRecord failed;
  failed.outcome = lane.record().outcome;
  return failed;
}

}  // namespace

double sustained_window_s(double seconds) { return std::min(kMinute, seconds / kWindows); }

SustainedRecord run_sustained(RunState& run, Lane& lane, double seconds) {
  return Sustained(run, lane, seconds).measure();
}

void measure_sustained(RunState& run, ImageStore& images, std::vector<CellState>& cells) {
  for (CellState& cell : cells) {
    if (interrupted()) return;
    if (!may_sustain(cell)) continue;
    if (const SustainedRecord* done = finished_sustained(run, cell)) {
      cell.record.sustained = *done;
      continue;
    }
    run.progress.begin(fmt::format("sustained, {}", cell.record.id),
                       static_cast<std::size_t>(run.plan.settings.sustain_s));
    SustainedRecord record = measure_cell(run, images, cell);
    run.progress.end();
    if (!record.outcome.ok() && !record.partial) run.note_failure(cell, record.outcome, ", sustained");
    if (!record.partial && !can_pass(record.outcome)) {
      run.log.append_sustained(cell.record.id, record, sustained_binding(run, cell));
    }
    cell.record.sustained = std::move(record);
  }
}

}  // namespace qbench::engine
