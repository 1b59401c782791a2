// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace qbench {

/// Now, in ISO 8601 to the second: "2026-01-31T12:00:00Z".
[[nodiscard]] std::string utc_now();

}  // namespace qbench
