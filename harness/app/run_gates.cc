// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_gates.h"

#include <algorithm>
#include <set>
#include <string>

#include "core/error.h"

namespace qbench::app {
namespace {

using metrics::GateMetric;
using metrics::GateOutcome;
using reports::CheckedGate;

constexpr std::uint64_t kSecondSeedOffset = 1'000'000;

bool is_accuracy(GateMetric metric) { return metric == GateMetric::kTop1 || metric == GateMetric::kTop5; }

/// The batch whose lanes a gate is about; 0 for none.
int batch_of(GateMetric metric) {
  if (metric == GateMetric::kLatency64) return 64;
  return is_accuracy(metric) || metric == GateMetric::kSize ? 0 : 1;
}

bool can_be_measured_again(const CheckedGate& gate) {
  return gate.result.outcome == GateOutcome::kMiss && gate.result.gate.metric != GateMetric::kSize;
}

void check_gate_fits(const metrics::Gate& gate, const engine::Plan& plan) {
  const int batch = batch_of(gate.metric);
  const auto refuse = [&gate](std::string_view why) {
    throw Error(ErrorCode::kUsage, "--gate '{}' cannot be judged: {}", gate.text, why);
  };
  if (batch > 0 && !plan.settings.latency) refuse("latency is switched off");
  if (batch > 0 && std::ranges::find(plan.batches, batch) == plan.batches.end()) {
    refuse(fmt::format("the plan has no batch {}; add it with --batch", batch));
  }
  if (is_accuracy(gate.metric) && !plan.settings.accuracy) refuse("accuracy is switched off");
  if (is_accuracy(gate.metric) && !plan.dataset) refuse("there is no dataset; name one with --data");
}

/// Ids of the missed cells and of what they are measured against.
std::set<std::string> cells_to_measure(const engine::Plan& plan, const std::vector<CheckedGate>& gates) {
  std::set<std::string> ids;
  for (const engine::CellPlan& cell : plan.cells) {
    const bool missed = std::ranges::any_of(
        gates, [&cell](const CheckedGate& gate) { return gate.cell == cell.id && can_be_measured_again(gate); });
    if (missed) ids.insert({cell.id, engine::baseline_of(plan, cell).id});
  }
  return ids;
}

}  // namespace

std::vector<metrics::Gate> gates_of(const engine::Plan& plan) {
  return plan.gate.empty() ? std::vector<metrics::Gate>() : metrics::parse_gates(plan.gate);
}

void check_gates_fit(const engine::Plan& plan) {
  const std::vector<metrics::Gate> gates = gates_of(plan);
  for (const metrics::Gate& gate : gates) check_gate_fits(gate, plan);
  if (!gates.empty() && plan.cells.size() < 2) {
    throw Error(ErrorCode::kUsage, "--gate '{}' cannot be judged: there is no second model beside the baseline",
                plan.gate);
  }
}

bool worth_measuring_again(const std::vector<CheckedGate>& gates) {
  return std::ranges::any_of(gates, can_be_measured_again);
}

engine::Plan remeasure_plan(const engine::Plan& plan, const std::vector<CheckedGate>& gates) {
  engine::Plan second = plan;
  const std::set<std::string> wanted = cells_to_measure(plan, gates);
  std::erase_if(second.cells, [&wanted](const engine::CellPlan& cell) { return !wanted.contains(cell.id); });
  std::set<int> batches;
  second.settings.accuracy = false;
  for (const CheckedGate& gate : gates) {
    if (!can_be_measured_again(gate)) continue;
    if (is_accuracy(gate.result.gate.metric)) second.settings.accuracy = true;
    if (const int batch = batch_of(gate.result.gate.metric); batch > 0) batches.insert(batch);
  }
  second.settings.latency = !batches.empty();
  if (!batches.empty()) second.batches.assign(batches.begin(), batches.end());
  second.settings.seed += kSecondSeedOffset;
  return second;
}

void add_second_results(std::vector<CheckedGate>& gates, const std::vector<CheckedGate>& second) {
  for (CheckedGate& gate : gates) {
    if (!can_be_measured_again(gate)) continue;
    gate.again = metrics::GateResult{.gate = gate.result.gate};
    for (const CheckedGate& other : second) {
      if (other.cell == gate.cell && other.result.gate.metric == gate.result.gate.metric) gate.again = other.result;
    }
  }
}

}  // namespace qbench::app
