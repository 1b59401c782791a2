// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "core/predictions.h"
#include "core/record.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// A cell and, when they were kept, its predictions.
struct EvaluatedCell {
  const CellRecord& cell;
  const std::vector<Prediction>* predictions = nullptr;
};

/// nullopt when the cell was not evaluated. Passing the same cell twice marks the baseline: it gets no difference.
[[nodiscard]] std::optional<AccuracyColumns> compare_accuracy(const EvaluatedCell& variant,
                                                              const EvaluatedCell& baseline,
                                                              const ComparisonSettings& settings);

}  // namespace qbench::reports
