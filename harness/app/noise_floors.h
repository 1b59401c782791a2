// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/board.h"
#include "reports/gate_check.h"

namespace qbench::app {

/// How far two measurements of the same thing lie apart on this board, from the profile that `qbench selftest` keeps;
/// empty without one. Throws Error(kConfig) when the profile is damaged.
[[nodiscard]] reports::NoiseFloors noise_floors_of(const Board& board);

}  // namespace qbench::app
