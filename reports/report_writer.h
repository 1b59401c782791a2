// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/record.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// One condition that the user set on a run, and how it came out.
struct GateOutcome {
  enum class Result { kMet, kMissed, kNotDecided };
  std::string name;  ///< "latency <= +2 %"
  std::string cell;  ///< id of the cell it was checked on
  Result result = Result::kMet;
  std::string detail;  ///< the figures, one line
};

/// Everything that a report may show. Borrowed: must outlive the call that it is given to.
struct ReportInput {
  const Record& record;
  const Comparison& comparison;
  std::span<const CellPredictions> predictions = {};  ///< for reports that name images; may be empty
  std::span<const GateOutcome> gates = {};
  /// A readable name of the sample with this number (its path); empty: the number is shown.
  std::function<std::string(std::size_t)> sample_name = nullptr;
};

/// One kind of report file: a row of the explicit list in builtin.h.
struct ReportFormat {
  std::string name;     ///< what the user asks for: "json"
  std::string file;     ///< what it is called in the result folder: "report.json"
  std::string summary;  ///< one line for `qbench list`
  /// Puts the file into `folder`, which exists, whole or not at all. Throws Error(kIo).
  void (*write)(const ReportInput& input, const std::filesystem::path& folder) = nullptr;
};

}  // namespace qbench::reports
