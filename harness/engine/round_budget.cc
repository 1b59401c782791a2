// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/round_budget.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/metrics/paired_latency.h"

namespace qbench::engine {
namespace {

constexpr double kShortestRound = 1e-9;

/// A limit that would hold the rounds of a verdict, with a tenth for what no estimate sees; calibration takes its share
/// of a longer limit, too.
double sufficient_limit(double spent_s, double round_s, const RunSettings& settings) {
  const double rounds_s = round_s * rounds_needed(settings) / (kPlannedShare * (1.0 - kCalibrationShare));
  const double exact = 1.1 * (spent_s + rounds_s);
  return exact < 10.0 ? std::ceil(exact) : 10.0 * std::ceil(exact / 10.0);
}

std::string seconds_text(double seconds) {
  return seconds < 1.0 ? std::string("under 1 s") : fmt::format("about {:.0f} s", seconds);
}

}  // namespace

int rounds_needed(const RunSettings& settings) {
  return std::min(settings.rounds, std::max(settings.min_rounds, static_cast<int>(metrics::kLeastRounds)));
}

std::vector<int> share_rounds(const std::vector<double>& round_s, double left_s, const RoundsWanted& wanted) {
  std::vector<std::size_t> order(round_s.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&round_s](std::size_t a, std::size_t b) { return round_s[a] < round_s[b]; });
  std::vector<int> rounds(round_s.size(), wanted.most);
  double left = std::max(left_s, 0.0);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double one = std::max(round_s[order[i]], kShortestRound);
    const double fitting = std::floor(left / static_cast<double>(order.size() - i) / one);
    const double given = std::clamp<double>(fitting, wanted.least, wanted.needed);
    if (fitting < wanted.needed) rounds[order[i]] = static_cast<int>(given);
    left = std::max(left - given * one, 0.0);
  }
  return rounds;
}

std::string estimate_text(const RoundsEstimate& estimate, const RunSettings& settings) {
  double all_s = estimate.spent_s;
  double round_s = 0.0;
  std::vector<std::string> slow;
  for (std::size_t i = 0; i < estimate.cells.size(); ++i) {
    all_s += estimate.round_s[i] * estimate.rounds[i];
    round_s += estimate.round_s[i];
    if (estimate.rounds[i] < rounds_needed(settings)) {
      slow.push_back(
          fmt::format("{} ({} round{})", estimate.cells[i], estimate.rounds[i], estimate.rounds[i] == 1 ? "" : "s"));
    }
  }
  std::string text =
      fmt::format("batch {}: {} for up to {} rounds of {} cell{}; limit {:g} s", estimate.batch, seconds_text(all_s),
                  settings.rounds, estimate.cells.size(), estimate.cells.size() == 1 ? "" : "s", settings.max_seconds);
  if (!slow.empty()) {
    return text + fmt::format(", too short for a verdict on {}; --max-seconds {:.0f} would do", fmt::join(slow, ", "),
                              sufficient_limit(estimate.spent_s, round_s, settings));
  }
  if (all_s > settings.max_seconds && round_s > 0.0) {
    const double fitting = std::max(settings.max_seconds - estimate.spent_s, 0.0) / round_s;
    text += fmt::format(", which holds about {:.0f}", std::max(fitting, 1.0));
  }
  return text;
}

std::string cut_short_text(int done, double spent_s, double round_s, const RunSettings& settings) {
  return fmt::format("the time limit of {:g} s held {} round{}, a verdict takes {}; --max-seconds {:.0f} would do",
                     settings.max_seconds, done, done == 1 ? "" : "s", rounds_needed(settings),
                     sufficient_limit(spent_s, round_s, settings));
}

}  // namespace qbench::engine
