// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/comparison.h"
#include "core/metrics/intervals.h"

namespace qbench::metrics {

/// Gates limit how much worse a variant or build may be than its baseline: "latency<=+2%,top1>=-0.5pp,rss<=+10%".

/// What a gate can limit. Relative ones are changes as a fraction of the baseline (0.02 = +2 %), accuracy ones
/// differences as a fraction of the images (-0.005 = 0.5 points worse).
enum class GateMetric { kLatency, kLatency64, kLoad, kSize, kRss, kTop1, kTop5 };

/// "latency", "latency64", "load", "size", "rss", "top1", "top5".
[[nodiscard]] std::string_view gate_metric_name(GateMetric metric) noexcept;

struct Gate {
  GateMetric metric = GateMetric::kLatency;
  Comparison::Op op = Comparison::Op::kAtMost;
  double limit = 0.0;  ///< as a fraction
  std::string text;    ///< as written: "latency<=+2%"
};

/// Throws Error(kUsage), with the term and the nearest known name, on anything that is not a list of gates: an unknown
/// name, a missing or wrong unit (relative metrics take %, accuracy takes pp), a limit in the wrong direction
/// ("latency>=2%"), a metric limited twice.
[[nodiscard]] std::vector<Gate> parse_gates(std::string_view text);

/// The measured change of one metric.
struct GateMeasurement {
  Measured change;
  /// How far two measurements of the same thing lie apart here (this board's A/A figure), as a fraction; 0 when exact.
  double noise_floor = 0.0;
};

enum class GateOutcome { kPass, kMiss, kCannotTell };

struct GateResult {
  Gate gate;
  GateOutcome outcome = GateOutcome::kCannotTell;
  std::optional<double> change;      ///< absent when the metric was not measured: the outcome is then kCannotTell
  std::optional<Interval> interval;  ///< what was judged: the measured interval, at least the noise floor to each side
};

/// PASS when the whole judged interval satisfies the gate, MISS when none of it does, else CANNOT TELL: a build fails
/// only on a change that this board can really see. One result per gate, in order.
[[nodiscard]] std::vector<GateResult> evaluate_gates(const std::vector<Gate>& gates,
                                                     const std::map<GateMetric, GateMeasurement>& measured);

}  // namespace qbench::metrics
