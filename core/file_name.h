// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qbench {

/// Letters, digits, '.', '_' and '-' only, at most 80 of them and no dot at the start: one name in a folder,
/// everywhere.
[[nodiscard]] std::string safe_file_name(std::string_view text);

}  // namespace qbench
