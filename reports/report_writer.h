// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/metrics/gates.h"
#include "core/record.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// A gate as it came out for one cell.
struct CheckedGate {
  std::string cell;  ///< CellRecord::id
  metrics::GateResult result;
  std::optional<metrics::GateResult> again = std::nullopt;  ///< a miss, measured again in fresh processes

  /// A miss stands only when the second measurement, where there is one, misses too; else nobody can tell.
  [[nodiscard]] metrics::GateOutcome outcome() const noexcept {
    if (!again || again->outcome == metrics::GateOutcome::kMiss) return result.outcome;
    return metrics::GateOutcome::kCannotTell;
  }
};

/// Everything that a report may show. Borrowed: must outlive the call that it is given to.
struct ReportInput {
  const Record& record;
  const Comparison& comparison;
  std::span<const CellPredictions> predictions = {};  ///< for reports that name images; may be empty
  std::span<const CheckedGate> gates = {};
  /// A readable name of the sample with this number (its path); empty: the number is shown.
  std::function<std::string(std::size_t)> sample_name = nullptr;
};

/// One kind of report file: a row of the explicit list in builtin.h.
struct ReportFormat {
  std::string name;                                         ///< what the user asks for: "json"
  std::string file;                                         ///< what it is called in the result folder: "report.json"
  std::string summary;                                      ///< one line for `qbench list`
  std::string (*text)(const ReportInput& input) = nullptr;  ///< what the file holds
};

}  // namespace qbench::reports
