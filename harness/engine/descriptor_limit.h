// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace qbench::engine {

/// Raises this process's limit of open files as far as it may, for `cells` cells whose workers live side by side.
/// Throws Error(kUsage) when that is too few: better at once than in the middle of a run.
void make_room_for_cells(std::size_t cells);

}  // namespace qbench::engine
