// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/metrics/gates.h"
#include "harness/engine/plan.h"
#include "reports/report_writer.h"

namespace qbench::app {

/// The plan's gates; none without. Throws Error(kUsage) as metrics::parse_gates() does.
[[nodiscard]] std::vector<metrics::Gate> gates_of(const engine::Plan& plan);

/// Throws Error(kUsage) when a gate limits what this plan will never measure, or there is nothing to hold it against:
/// a gate that can only say "cannot tell" would let everything pass.
void check_gates_fit(const engine::Plan& plan);

/// Whether measuring again can tell more: a missed gate on anything but the size of a file.
[[nodiscard]] bool worth_measuring_again(const std::vector<reports::CheckedGate>& gates);

/// The part of the plan, its cells named, that measures the missed gates again: the missed cells and their baselines,
/// only the phases and batches that the gates are about, the same settings and another seed.
[[nodiscard]] engine::Plan remeasure_plan(const engine::Plan& plan, const std::vector<reports::CheckedGate>& gates);

/// Puts the results of the second measurement beside those of the first.
void add_second_results(std::vector<reports::CheckedGate>& gates, const std::vector<reports::CheckedGate>& second);

}  // namespace qbench::app
