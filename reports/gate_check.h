// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "core/metrics/gates.h"
#include "core/record.h"
#include "reports/comparison.h"
#include "reports/report_writer.h"

namespace qbench::reports {

/// How far two measurements of the same thing lie apart on this board, as a fraction; a metric that is absent has 0.
using NoiseFloors = std::map<metrics::GateMetric, double>;

/// Changes of one cell against its baseline, `index` is its place in both. Latency only with an interval (10 paired
/// rounds or more) and top-1 only when it is paired: a change of unknown certainty would be judged like an exact one.
/// Load time, memory and top-5 have no interval; their noise floor is all that is known.
[[nodiscard]] std::map<metrics::GateMetric, metrics::GateMeasurement> gate_measurements(const Record& record,
                                                                                        const Comparison& comparison,
                                                                                        std::size_t index,
                                                                                        const NoiseFloors& floors = {});

/// Every gate on every cell but the baselines and those that run a baseline again, in the order of cells and gates. A
/// cell that was not measured gives kCannotTell, never a pass.
[[nodiscard]] std::vector<CheckedGate> check_gates(const Record& record, const Comparison& comparison,
                                                   const std::vector<metrics::Gate>& gates,
                                                   const NoiseFloors& floors = {});

}  // namespace qbench::reports
