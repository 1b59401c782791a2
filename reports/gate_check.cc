// SPDX-License-Identifier: Apache-2.0
#include "reports/gate_check.h"

#include <optional>

#include "core/units.h"
#include "reports/recipe_text.h"

namespace qbench::reports {
namespace {

using metrics::GateMeasurement;
using metrics::GateMetric;
using metrics::Measured;

/// (value - baseline) / baseline; nullopt when one was not measured.
std::optional<Measured> relative(double value, double baseline) {
  if (value <= 0.0 || baseline <= 0.0) return std::nullopt;
  return Measured{value / baseline - 1.0, std::nullopt};
}

/// A speed-up of 2 is a change of latency of -50 %.
std::optional<Measured> latency_change(const CellComparison& cell, int batch) {
  const LaneComparison* lane = cell.lane(batch);
  if (lane == nullptr || !lane->outcome.ok() || !lane->speed_up) return std::nullopt;
  const SpeedUp& speed_up = *lane->speed_up;
  if (!speed_up.paired_ratio || !speed_up.paired_interval) return std::nullopt;
  return Measured{1.0 / *speed_up.paired_ratio - 1.0, metrics::Interval{1.0 / speed_up.paired_interval->high - 1.0,
                                                                        1.0 / speed_up.paired_interval->low - 1.0}};
}

std::optional<Measured> top1_change(const CellComparison& cell) {
  if (!cell.accuracy || !cell.accuracy->outcome.ok() || !cell.accuracy->paired) return std::nullopt;
  const PairedAccuracy& paired = *cell.accuracy->paired;
  return Measured{paired.delta_points / kPercent, metrics::Interval{paired.delta_interval_points.low / kPercent,
                                                                    paired.delta_interval_points.high / kPercent}};
}

std::optional<Measured> top5_change(const CellComparison& cell, const CellComparison& baseline) {
  if (!cell.accuracy || !baseline.accuracy || cell.accuracy->images == 0) return std::nullopt;
  if (cell.accuracy->images != baseline.accuracy->images) return std::nullopt;
  return Measured{cell.accuracy->top5 - baseline.accuracy->top5, std::nullopt};
}

}  // namespace

std::map<GateMetric, GateMeasurement> gate_measurements(const Record& record, const Comparison& comparison,
                                                        std::size_t index, const NoiseFloors& floors) {
  const CellRecord& cell = record.cells.at(index);
  const CellRecord& baseline = record.baseline_of(cell);
  const CellComparison& compared = comparison.cells.at(index);
  const CellComparison& against = comparison.cells.at(static_cast<std::size_t>(&baseline - record.cells.data()));
  std::map<GateMetric, GateMeasurement> measured;
  const auto add = [&](GateMetric metric, const std::optional<Measured>& change) {
    const auto floor = floors.find(metric);
    if (change) measured[metric] = {*change, floor == floors.end() ? 0.0 : floor->second};
  };
  add(GateMetric::kLatency, latency_change(compared, 1));
  add(GateMetric::kLatency64, latency_change(compared, 64));
  add(GateMetric::kSize, relative(static_cast<double>(cell.model.bytes), static_cast<double>(baseline.model.bytes)));
  add(GateMetric::kTop1, top1_change(compared));
  // Paired figures are absent already where the two cells were fed with other values.
  if (recipe_conflict(cell, baseline).empty()) add(GateMetric::kTop5, top5_change(compared, against));
  const LaneRecord* lane = cell.lane(1);
  const LaneRecord* other = baseline.lane(1);
  if (lane == nullptr || other == nullptr || !lane->outcome.ok() || !other->outcome.ok()) return measured;
  add(GateMetric::kLoad, relative(lane->load_ms, other->load_ms));
  add(GateMetric::kRss, relative(static_cast<double>(compared.lane(1)->peak_rss_bytes),
                                 static_cast<double>(against.lane(1)->peak_rss_bytes)));
  return measured;
}

std::vector<CheckedGate> check_gates(const Record& record, const Comparison& comparison,
                                     const std::vector<metrics::Gate>& gates, const NoiseFloors& floors) {
  std::vector<CheckedGate> checked;
  for (std::size_t i = 0; i < record.cells.size(); ++i) {
    if (comparison.cells.at(i).baseline || record.cells[i].side == "again") continue;
    for (metrics::GateResult& result :
         metrics::evaluate_gates(gates, gate_measurements(record, comparison, i, floors))) {
      checked.push_back({record.cells[i].id, std::move(result)});
    }
  }
  return checked;
}

}  // namespace qbench::reports
