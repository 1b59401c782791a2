// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/metrics/paired_latency.h"
#include "harness/engine/lane.h"
#include "harness/engine/settings.h"

namespace qbench::engine {

/// The rounds at which a run with these settings asks for verdicts; only the end when early_stop is off.
[[nodiscard]] metrics::LookPlan look_plan(const RunSettings& settings);

/// How the run judges latency: its margin, and the false-alarm rate split over its looks. Reports must use the same.
[[nodiscard]] metrics::LatencyVerdictOptions latency_options(const RunSettings& settings);

/// A lane and the one that it is measured against, both borrowed.
struct LanePair {
  const Lane* lane = nullptr;
  const Lane* baseline = nullptr;
};

/// True at a look where every pair that still runs has a verdict that no further round is for: FASTER, SLOWER or
/// EQUIVALENT. Never without pairs: then all rounds were asked for.
[[nodiscard]] bool enough_rounds(const RunSettings& settings, const std::vector<LanePair>& pairs, int rounds_done);

}  // namespace qbench::engine
