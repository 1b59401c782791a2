// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/board.h"

namespace qbench {

/// Reads the machine from /proc, /sys, /etc and /run below `root`; tests give a recorded tree. What the tree does not
/// tell stays empty; nothing is thrown for missing or odd files. Takes milliseconds; never call it inside the clock.
[[nodiscard]] Board read_board(const std::filesystem::path& root = "/");

}  // namespace qbench
