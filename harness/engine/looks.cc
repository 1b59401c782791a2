// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/looks.h"

#include <algorithm>

#include "core/metrics/round_ratios.h"
#include "core/units.h"

namespace qbench::engine {
namespace {

bool runs(const LanePair& pair) {
  return pair.lane->ok() && pair.baseline->ok() && !pair.lane->is_cut_short() && !pair.baseline->is_cut_short();
}

}  // namespace

metrics::LookPlan look_plan(const RunSettings& settings) {
  const auto rounds = static_cast<std::size_t>(settings.rounds);
  return settings.early_stop ? metrics::looks_up_to(rounds) : metrics::LookPlan{{rounds}};
}

metrics::LatencyVerdictOptions latency_options(const RunSettings& settings) {
  return {.margin = settings.margin_percent / kPercent, .looks = look_plan(settings).rounds.size()};
}

bool enough_rounds(const RunSettings& settings, const std::vector<LanePair>& pairs, int rounds_done) {
  const metrics::LookPlan plan = look_plan(settings);
  const auto done = static_cast<std::size_t>(rounds_done);
  if (std::ranges::find(plan.rounds, done) == plan.rounds.end() || std::ranges::none_of(pairs, runs)) return false;
  return std::ranges::all_of(pairs, [&](const LanePair& pair) {
    if (!runs(pair)) return true;
    const auto ratios = metrics::round_log_ratios(pair.lane->record(), pair.baseline->record());
    const metrics::LatencyVerdict verdict = metrics::judge_latency(ratios, latency_options(settings));
    return !metrics::next_look(plan, done, verdict.answer);
  });
}

}  // namespace qbench::engine
