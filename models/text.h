// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qbench::models {

/// Text from a file made fit for any output: control characters and bytes that are not UTF-8 become '?'.
[[nodiscard]] std::string clean_text(std::string_view text);

/// The same for one-line messages: cut after 80 bytes.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace qbench::models
