// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "reports/text_table.h"

namespace qbench::reports {

/// The pairs (true class, predicted class) that an evaluated cell mixes up most, largest first, at most `most`.
[[nodiscard]] TextTable confused_pairs(const ReportInput& input, const CellRecord& cell, std::size_t most);

/// Images that the baseline and this cell judge differently with one of them right, those that got lost first, at most
/// `most`; needs both predictions.
[[nodiscard]] TextTable changed_images(const ReportInput& input, const CellRecord& cell, std::size_t most);

}  // namespace qbench::reports
