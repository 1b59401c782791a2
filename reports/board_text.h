// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/record.h"

namespace qbench::reports {

/// The board in a few plain lines; what it does not tell is left out.
[[nodiscard]] std::vector<std::string> board_lines(const Board& board);

/// How this record's figures came about: order, warm-up, clock, intervals.
[[nodiscard]] std::vector<std::string> method_lines(const Record& record);

}  // namespace qbench::reports
