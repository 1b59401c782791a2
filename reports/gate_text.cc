// SPDX-License-Identifier: Apache-2.0
#include "reports/gate_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/units.h"
#include "reports/sentences.h"

namespace qbench::reports {
namespace {

using metrics::GateMetric;
using metrics::GateOutcome;
using metrics::GateResult;
using Json = nlohmann::ordered_json;

bool is_accuracy(GateMetric metric) { return metric == GateMetric::kTop1 || metric == GateMetric::kTop5; }

std::string cannot_tell_advice(const GateResult& result) {
  if (!result.change) return "see why this cell has no such figure above";
  if (result.gate.metric == GateMetric::kTop1) return "the limit lies inside the interval: more images narrow it";
  if (result.gate.metric == GateMetric::kLatency || result.gate.metric == GateMetric::kLatency64) {
    return "the limit lies inside the interval: more rounds or a quieter machine narrow it";
  }
  return "the limit lies inside this board's noise: widen the gate";
}

/// What both measurements say together, or the one that there is.
std::string words_after_outcome(const CheckedGate& gate) {
  const std::string figures = gate_figures(gate.result);
  if (gate.again) {
    const std::string both =
        fmt::format("{}; measured again in fresh processes: {}", figures, gate_figures(*gate.again));
    if (gate.outcome() == GateOutcome::kMiss) return both + "; take the change back or widen the gate";
    return both + "; the second measurement does not say so: run again on a quieter machine";
  }
  if (gate.outcome() == GateOutcome::kPass) return figures;
  if (gate.outcome() == GateOutcome::kMiss) return figures + "; take the change back or widen the gate";
  return fmt::format("{}; {}", figures, cannot_tell_advice(gate.result));
}

Json result_json(const GateResult& result) {
  Json json = {{"outcome", gate_outcome_name(result.outcome)}};
  json["change"] = result.change ? Json(*result.change) : Json();
  json["interval"] = Json();
  if (result.interval) json["interval"] = {{"low", result.interval->low}, {"high", result.interval->high}};
  return json;
}

}  // namespace

std::string_view gate_outcome_name(GateOutcome outcome) noexcept {
  switch (outcome) {
    case GateOutcome::kPass:
      return "PASSED";
    case GateOutcome::kMiss:
      return "MISSED";
    case GateOutcome::kCannotTell:
      return "CANNOT TELL";
  }
  return "";
}

std::string gate_figures(const GateResult& result) {
  if (!result.change) return "not measured";
  const char* unit = is_accuracy(result.gate.metric) ? "points" : "%";
  std::string text = fmt::format("{} {}", points_text(kPercent * *result.change), unit);
  if (result.interval && result.interval->low < result.interval->high) {
    text += fmt::format(" (interval {} to {} {})", points_text(kPercent * result.interval->low),
                        points_text(kPercent * result.interval->high), unit);
  }
  return text;
}

std::string gate_sentence(const CheckedGate& gate) {
  return fmt::format("{}: {}: {}", gate.result.gate.text, gate_outcome_name(gate.outcome()), words_after_outcome(gate));
}

std::vector<std::string> gate_lines(std::span<const CheckedGate> gates) {
  std::vector<std::string> lines;
  lines.reserve(gates.size());
  for (const CheckedGate& gate : gates) lines.push_back(fmt::format("{}: {}", gate.cell, gate_sentence(gate)));
  return lines;
}

Json gates_to_json(std::span<const CheckedGate> gates) {
  Json list = Json::array();
  for (const CheckedGate& gate : gates) {
    Json json = {{"cell", gate.cell}, {"gate", gate.result.gate.text}, {"outcome", gate_outcome_name(gate.outcome())}};
    json["first"] = result_json(gate.result);
    json["again"] = gate.again ? result_json(*gate.again) : Json();
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace qbench::reports
