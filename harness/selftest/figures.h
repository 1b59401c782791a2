// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/metrics/intervals.h"
#include "harness/selftest/trial_bench.h"

namespace qbench::selftest {

/// How often something happened, with the 95 % Clopper-Pearson interval of its rate.
struct Rate {
  std::size_t count = 0;
  std::size_t trials = 0;
  [[nodiscard]] double value() const noexcept;
  [[nodiscard]] metrics::Interval interval() const;
};

/// Comparisons with one planted slow-down.
struct PlantedFigures {
  double percent = 0.0;       ///< asked for
  double true_percent = 0.0;  ///< median of what the extra work really was
  Rate found;                 ///< the interval lay above zero
  Rate called_slower;         ///< the verdict was SLOWER
  Rate called_equivalent;     ///< the verdict was EQUIVALENT: wrong when the change is at the margin or beyond
  Rate covered;               ///< the interval held the true change
  double bias_points = 0.0;   ///< median of estimate minus truth, in percentage points
};

/// What the self-test found out about this machine.
struct Figures {
  double margin_percent = 0.0;  ///< of the verdicts
  double nominal_alpha = 0.0;   ///< false alarms that the procedure promises at most
  Rate false_alarms;            ///< A/A comparisons called FASTER, SLOWER or DIFFERENT BUT SMALL
  Rate excluded_zero;           ///< A/A comparisons whose interval left zero out, EQUIVALENT ones included
  Rate inconclusive;            ///< A/A comparisons that ended INCONCLUSIVE
  Rate covered;                 ///< A/A intervals that held zero
  std::vector<PlantedFigures> planted;
  double seconds_median = 0.0;  ///< of one comparison's rounds
  double latency_floor = 0.0;   ///< 99 % of A/A estimates lie within this fraction
  double load_floor = 0.0;      ///< the same of load times
  double memory_floor = 0.0;    ///< the same of peak memory
  /// Smallest slow-down found in 80 % of the comparisons, in percent, interpolated between the planted ones; nullopt
  /// when not even the largest was.
  std::optional<double> detectable_percent;
};

/// `trials` in any order; those with planted_share 0 are the A/A ones. Throws Error(kUsage) without any A/A trial.
[[nodiscard]] Figures summarize(std::span<const Trial> trials, const metrics::LatencyVerdictOptions& options);

/// Lines for a person, each with its rate, interval and the goal that it is held against.
[[nodiscard]] std::string text_of(const Figures& figures);

void to_json(nlohmann::json& json, const Figures& figures);

}  // namespace qbench::selftest
