// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace qbench {

/// The one way JSON leaves the program: bytes that are no UTF-8 become U+FFFD, and every character that is_harmful()
/// (core/printable.h) is written as \uXXXX, which any reader turns back. `indent` below 0: on one line.
[[nodiscard]] std::string json_text(const nlohmann::json& json, int indent = -1);
[[nodiscard]] std::string json_text(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace qbench
