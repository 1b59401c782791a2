// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "harness/selftest/noise_profile.h"

namespace qbench::app {

/// The noise profile kept for a board. One that cannot be used (damaged, of another board or a newer qbench) is told in
/// one line on standard error and is as none: it must not keep every later command from running.
[[nodiscard]] std::optional<selftest::NoiseProfile> kept_profile(const std::string& board);

}  // namespace qbench::app
