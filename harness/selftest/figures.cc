// SPDX-License-Identifier: Apache-2.0
#include "harness/selftest/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/units.h"

namespace qbench::selftest {
namespace {

using metrics::LatencyAnswer;

constexpr double kFloorQuantile = 0.99;
constexpr double kWantedPower = 0.80;

template <typename Holds>
Rate rate_of(std::span<const Trial> trials, Holds holds) {
  return {static_cast<std::size_t>(std::ranges::count_if(trials, holds)), trials.size()};
}

bool is_alarm(const Trial& trial) {
  const LatencyAnswer answer = trial.verdict.answer;
  return answer == LatencyAnswer::kFaster || answer == LatencyAnswer::kSlower ||
         answer == LatencyAnswer::kDifferentButSmall;
}

template <typename Value>
double median_of(std::span<const Trial> trials, Value value) {
  std::vector<double> values;
  for (const Trial& trial : trials) values.push_back(value(trial));
  return metrics::median(values);
}

/// exp(q) - 1 of the `kFloorQuantile` of |value|.
template <typename Value>
double floor_of(std::span<const Trial> trials, Value value) {
  std::vector<double> sizes;
  for (const Trial& trial : trials) sizes.push_back(std::abs(value(trial)));
  std::ranges::sort(sizes);
  return std::expm1(metrics::quantile_of_sorted(sizes, kFloorQuantile));
}

bool covers(const Trial& trial) { return trial.verdict.interval && trial.verdict.interval->contains(trial.planted); }

PlantedFigures planted_figures(double share, std::span<const Trial> trials) {
  PlantedFigures figures;
  figures.percent = kPercent * share;
  figures.true_percent = kPercent * std::expm1(median_of(trials, [](const Trial& t) { return t.planted; }));
  figures.found = rate_of(trials, [](const Trial& t) { return t.verdict.excludes_zero && t.verdict.estimate > 0.0; });
  figures.called_slower = rate_of(trials, [](const Trial& t) { return t.verdict.answer == LatencyAnswer::kSlower; });
  figures.called_equivalent =
      rate_of(trials, [](const Trial& t) { return t.verdict.answer == LatencyAnswer::kEquivalent; });
  figures.covered = rate_of(trials, covers);
  figures.bias_points = kPercent * median_of(trials, [](const Trial& t) { return t.verdict.estimate - t.planted; });
  return figures;
}

/// Linear between neighbouring planted changes, `planted` ascending; no change is found in no trial.
std::optional<double> detectable(const std::vector<PlantedFigures>& planted) {
  double below = 0.0;
  double power_below = 0.0;
  for (const PlantedFigures& figures : planted) {
    const double power = figures.found.value();
    if (power >= kWantedPower) {
      return below + (figures.percent - below) * (kWantedPower - power_below) / (power - power_below);
    }
    below = figures.percent;
    power_below = power;
  }
  return std::nullopt;
}

std::string rate_text(const Rate& rate) {
  if (rate.trials == 0) return "none tried";
  const metrics::Interval interval = rate.interval();
  return fmt::format("{} of {} = {:.2f} % (95 % interval {:.2f} to {:.2f} %)", rate.count, rate.trials,
                     kPercent * rate.value(), kPercent * interval.low, kPercent * interval.high);
}

nlohmann::json rate_json(const Rate& rate) {
  const metrics::Interval interval = rate.interval();
  return {{"count", rate.count}, {"trials", rate.trials}, {"interval", {interval.low, interval.high}}};
}

std::string planted_text(const PlantedFigures& figures) {
  return fmt::format(
      "  +{} % (really +{:.3f} %): found {}\n"
      "      bias {:+.3f} points; interval held the truth {}; called EQUIVALENT {}\n",
      figures.percent, figures.true_percent, rate_text(figures.found), figures.bias_points, rate_text(figures.covered),
      rate_text(figures.called_equivalent));
}

}  // namespace

double Rate::value() const noexcept {
  return trials > 0 ? static_cast<double>(count) / static_cast<double>(trials) : 0.0;
}

metrics::Interval Rate::interval() const {
  return trials > 0 ? metrics::clopper_pearson_interval(count, trials) : metrics::Interval{0.0, 1.0};
}

Figures summarize(std::span<const Trial> trials, const metrics::LatencyVerdictOptions& options) {
  std::map<double, std::vector<Trial>> by_share;
  for (const Trial& trial : trials) by_share[trial.planted_share].push_back(trial);
  if (!by_share.contains(0.0)) throw Error(ErrorCode::kUsage, "a self-test needs comparisons without planted work");
  const std::vector<Trial>& same = by_share[0.0];
  Figures figures;
  figures.margin_percent = kPercent * options.margin;
  figures.nominal_alpha = options.alpha;
  figures.false_alarms = rate_of(same, is_alarm);
  figures.excluded_zero = rate_of(same, [](const Trial& t) { return t.verdict.excludes_zero; });
  figures.inconclusive = rate_of(same, [](const Trial& t) { return t.verdict.answer == LatencyAnswer::kInconclusive; });
  figures.covered = rate_of(same, covers);
  figures.seconds_median = median_of(trials, [](const Trial& t) { return t.seconds; });
  figures.latency_floor = floor_of(same, [](const Trial& t) { return t.verdict.estimate; });
  figures.load_floor = floor_of(same, [](const Trial& t) { return t.load_ratio; });
  figures.memory_floor = floor_of(same, [](const Trial& t) { return t.memory_ratio; });
  for (const auto& [share, planted] : by_share) {
    if (share > 0.0) figures.planted.push_back(planted_figures(share, planted));
  }
  figures.detectable_percent = detectable(figures.planted);
  return figures;
}

std::string text_of(const Figures& figures) {
  std::string text = fmt::format("A/A comparisons, margin {} %, nominal false-alarm rate {} %:\n",
                                 figures.margin_percent, kPercent * figures.nominal_alpha);
  text += fmt::format("  false alarms: {}\n", rate_text(figures.false_alarms));
  text += fmt::format("  interval left zero out: {}\n", rate_text(figures.excluded_zero));
  text += fmt::format("  inconclusive: {}\n", rate_text(figures.inconclusive));
  if (!figures.planted.empty()) text += "Planted slow-downs (real extra work inside the timed span):\n";
  for (const PlantedFigures& planted : figures.planted) text += planted_text(planted);
  text += fmt::format("One comparison took {:.2f} s (median of the timed rounds).\n", figures.seconds_median);
  if (figures.detectable_percent) {
    text += fmt::format("Detectable with 80 % power: +{:.2f} %.\n", *figures.detectable_percent);
  } else if (!figures.planted.empty()) {
    text += "Not even the largest planted slow-down is found with 80 % power.\n";
  }
  return text + fmt::format("Noise floor (99 % of A/A estimates): latency {:.2f} %, load {:.1f} %, memory {:.2f} %.\n",
                            kPercent * figures.latency_floor, kPercent * figures.load_floor,
                            kPercent * figures.memory_floor);
}

void to_json(nlohmann::json& json, const Figures& figures) {
  json = {{"margin_percent", figures.margin_percent},        {"nominal_alpha", figures.nominal_alpha},
          {"false_alarms", rate_json(figures.false_alarms)}, {"excluded_zero", rate_json(figures.excluded_zero)},
          {"inconclusive", rate_json(figures.inconclusive)}, {"covered", rate_json(figures.covered)},
          {"seconds_median", figures.seconds_median},        {"planted", nlohmann::json::array()}};
  for (const PlantedFigures& planted : figures.planted) {
    json["planted"].push_back({{"percent", planted.percent},
                               {"true_percent", planted.true_percent},
                               {"found", rate_json(planted.found)},
                               {"called_slower", rate_json(planted.called_slower)},
                               {"called_equivalent", rate_json(planted.called_equivalent)},
                               {"covered", rate_json(planted.covered)},
                               {"bias_points", planted.bias_points}});
  }
  json["detectable_percent"] =
      figures.detectable_percent ? nlohmann::json(*figures.detectable_percent) : nlohmann::json();
}

}  // namespace qbench::selftest
