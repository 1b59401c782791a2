// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/board.h"

namespace qbench::app {

/// The board for a person: a dozen aligned lines; what the machine does not tell is left out.
[[nodiscard]] std::string board_text(const Board& board);

}  // namespace qbench::app
