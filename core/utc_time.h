// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace qbench {

/// Seconds since 1970 in ISO 8601: "2026-01-31T12:00:00Z".
[[nodiscard]] std::string utc_text(std::int64_t seconds);

/// Now, in the same form.
[[nodiscard]] std::string utc_now();

/// The way back; nullopt for any other form and for a day that no calendar has.
[[nodiscard]] std::optional<std::int64_t> utc_seconds(const std::string& text);

}  // namespace qbench
