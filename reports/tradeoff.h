// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "reports/comparison.h"

namespace qbench::reports {

/// Which variants are worth having (core/metrics/pareto.h): latency at batch 1 over the rounds that all share, top-1
/// over the images that all share, file size and peak memory. Only cells measured against the first one take part, and
/// none of a run with sides; those without an ok lane at batch 1, or without the accuracy that others have, are named
/// in `left_out`.
[[nodiscard]] Tradeoff judge_tradeoff(const Record& record, const Comparison& comparison,
                                      std::span<const CellPredictions> predictions);

}  // namespace qbench::reports
