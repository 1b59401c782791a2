// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

/// The candidate with the smallest edit distance to `word`, or "" when none is near (distance > 1/2 of the length). One
/// that begins with the word is as near as one with a wrong letter.
[[nodiscard]] std::string nearest_name(std::string_view word, std::span<const std::string> candidates);

/// "; did you mean 'x'?" or, with nothing near, "; known: a, b, c".
[[nodiscard]] std::string nearest_hint(std::string_view word, std::span<const std::string> candidates);

}  // namespace qbench
