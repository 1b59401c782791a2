// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report_writer.h"

namespace qbench::reports {

/// "PASSED", "MISSED", "CANNOT TELL".
[[nodiscard]] std::string_view gate_outcome_name(metrics::GateOutcome outcome) noexcept;

/// "+1.53 % (interval +1.20 to +1.90 %)", in points for accuracy; "not measured" without a figure.
[[nodiscard]] std::string gate_figures(const metrics::GateResult& result);

/// What came out, from which figures, and what to do about it: "latency<=+2%: MISSED: ...". One line, no cell name.
[[nodiscard]] std::string gate_sentence(const CheckedGate& gate);

/// "cell: sentence" for each, in order.
[[nodiscard]] std::vector<std::string> gate_lines(std::span<const CheckedGate> gates);

/// The "gates" list of report.json.
[[nodiscard]] nlohmann::ordered_json gates_to_json(std::span<const CheckedGate> gates);

}  // namespace qbench::reports
