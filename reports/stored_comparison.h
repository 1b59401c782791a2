// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/metrics/between_runs.h"
#include "core/record.h"
#include "reports/comparison.h"
#include "reports/record_reader.h"
#include "reports/stored_pairs.h"

namespace qbench::reports {

struct StoredSettings {
  ComparisonSettings comparison;
  double run_noise = metrics::kUnknownRunNoise;      ///< between two runs of the same thing, as a fraction
  double ratio_noise = metrics::kUnknownRatioNoise;  ///< the same for ratios to a cell of the same run
};

/// Two records as one, in the shape of a live comparison, so that every report format can show it.
struct StoredComparison {
  Record record;  ///< each pair as a "reference" and a "candidate" cell
  std::vector<CellPredictions> predictions;
  Comparison comparison;
};

/// Sizes, memory and predictions are compared as within one run. Latency is not: the runs came one after the other, so
/// a pair's speed is judged by metrics::judge_between_runs(), through a cell that both runs share where there is one
/// (shared_cell()), and its advice says which. `forced` (reasons_against()) becomes part of the record's name and
/// warnings. Pure.
[[nodiscard]] StoredComparison compare_stored(const StoredRun& a, const StoredRun& b, const Pairing& pairing,
                                              const std::vector<std::string>& forced,
                                              const StoredSettings& settings = {});

}  // namespace qbench::reports
