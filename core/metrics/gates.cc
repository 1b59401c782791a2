// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/gates.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/assert.h"
#include "core/error.h"
#include "core/nearest.h"

namespace qbench::metrics {
namespace {

constexpr std::string_view kOption = "--gate";

struct MetricRow {
  GateMetric metric;
  std::string_view name;
  std::string_view unit;
  bool smaller_is_better;
};

constexpr std::array<MetricRow, 7> kMetrics{{
    {GateMetric::kLatency, "latency", "%", true},
    {GateMetric::kLatency64, "latency64", "%", true},
    {GateMetric::kLoad, "load", "%", true},
    {GateMetric::kSize, "size", "%", true},
    {GateMetric::kRss, "rss", "%", true},
    {GateMetric::kTop1, "top1", "pp", false},
    {GateMetric::kTop5, "top5", "pp", false},
}};

const MetricRow& row_named(const Comparison& term) {
  for (const MetricRow& row : kMetrics) {
    if (row.name == term.name) return row;
  }
  std::vector<std::string> names;
  for (const MetricRow& row : kMetrics) names.emplace_back(row.name);
  throw Error(ErrorCode::kUsage, "{} '{}': nothing is called '{}'{}", kOption, term.text, term.name,
              nearest_hint(term.name, names));
}

Gate parse_gate(std::string_view text) {
  const Comparison term = parse_comparison(text, kOption);
  const MetricRow& row = row_named(term);
  if (term.unit != row.unit) {
    throw Error(ErrorCode::kUsage, "{} '{}': {} is limited in {}, write {}{}{:+}{}", kOption, term.text, row.name,
                row.unit, row.name, row.smaller_is_better ? "<=" : ">=", term.value, row.unit);
  }
  if (term.is_upper_limit() != row.smaller_is_better) {
    throw Error(ErrorCode::kUsage, "{} '{}': {} of {} is better, so the gate is {}{}{:+}{}", kOption, term.text,
                row.smaller_is_better ? "less" : "more", row.name, row.name,
                row.smaller_is_better ? "<=" : ">=", term.value, row.unit);
  }
  return Gate{row.metric, term.op, term.value / 100.0, term.text};
}

GateResult evaluate(const Gate& gate, const GateMeasurement& measured) {
  const double change = measured.change.value;
  const double floor = measured.noise_floor;
  if (!std::isfinite(change) || !(floor >= 0.0)) {
    throw Error(ErrorCode::kUsage, "{} '{}': a change of {} with a noise floor of {} cannot be judged", kOption,
                gate.text, change, floor);
  }
  const Interval seen = measured.change.interval.value_or(Interval{change, change});
  GateResult result;
  result.gate = gate;
  result.change = change;
  result.interval = Interval{std::min(seen.low, change - floor), std::max(seen.high, change + floor)};
  const bool low_holds = Comparison::holds(gate.op, result.interval->low, gate.limit);
  const bool high_holds = Comparison::holds(gate.op, result.interval->high, gate.limit);
  if (low_holds && high_holds) result.outcome = GateOutcome::kPass;
  if (!low_holds && !high_holds) result.outcome = GateOutcome::kMiss;
  return result;
}

}  // namespace

std::string_view gate_metric_name(GateMetric metric) noexcept {
  const auto row = std::ranges::find(kMetrics, metric, &MetricRow::metric);
  QBENCH_ASSERT(row != kMetrics.end());
  return row->name;
}

std::vector<Gate> parse_gates(std::string_view text) {
  std::vector<Gate> gates;
  for (const std::string& term : split_terms(text, kOption)) {
    Gate gate = parse_gate(term);
    if (std::ranges::find(gates, gate.metric, &Gate::metric) != gates.end()) {
      throw Error(ErrorCode::kUsage, "{} '{}': {} is limited twice", kOption, text, gate_metric_name(gate.metric));
    }
    gates.push_back(std::move(gate));
  }
  return gates;
}

std::vector<GateResult> evaluate_gates(const std::vector<Gate>& gates,
                                       const std::map<GateMetric, GateMeasurement>& measured) {
  std::vector<GateResult> results;
  for (const Gate& gate : gates) {
    const auto found = measured.find(gate.metric);
    if (found != measured.end()) {
      results.push_back(evaluate(gate, found->second));
    } else {
      results.emplace_back().gate = gate;
    }
  }
  return results;
}

}  // namespace qbench::metrics
