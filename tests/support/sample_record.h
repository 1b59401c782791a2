// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/record.h"
#include "reports/comparison.h"
#include "reports/report_writer.h"

namespace qbench::testing {

/// A run as it could have been, the same on every machine: fixed board, date, versions and samples. Cells, in order:
/// fp32 (baseline), int8 (faster, a little less accurate, unsupported at batch 64), a hostile name without accuracy,
/// dynamic (crashed at load, control characters in its last lines), edgetpu (unsupported), slow (timeout after a few
/// rounds, accuracy cancelled).
[[nodiscard]] Record sample_record();

/// Of fp32 and int8: 200 images each.
[[nodiscard]] std::vector<reports::CellPredictions> sample_predictions();

/// One gate met, one missed, one not decided, one not measured.
[[nodiscard]] std::vector<reports::CheckedGate> sample_gates();

/// A name with everything that markup, tables, shells and terminals trip over.
[[nodiscard]] const std::string& hostile_name();

}  // namespace qbench::testing
