// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace qbench {

/// Seconds of "250ms", "90s", "10m", "1.5h", or a bare number of seconds. Throws Error(kUsage) naming the text when it
/// is none of these, negative or not finite.
[[nodiscard]] double parse_duration(std::string_view text);

}  // namespace qbench
