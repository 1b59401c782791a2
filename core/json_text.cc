// SPDX-License-Identifier: Apache-2.0
#include "core/json_text.h"

#include <fmt/format.h>

#include "core/printable.h"

namespace qbench {
namespace {

/// Outside its strings JSON holds line ends only, and inside none: whatever else is harmful stands in a string.
std::string with_harmless_strings(const std::string& json) {
  std::string out;
  out.reserve(json.size());
  for_each_character(json, [&](CodePoint point, std::string_view bytes) {
    if (point.value == '\n' || !is_harmful(point.value)) {
      out += bytes;
    } else if (point.value < 0x10000) {
      out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
    } else {
      const auto rest = static_cast<std::uint32_t>(point.value) - 0x10000U;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xD800U + (rest >> 10U), 0xDC00U + (rest & 0x3FFU));
    }
  });
  return out;
}

template <typename Json>
std::string dumped(const Json& json, int indent) {
  return with_harmless_strings(json.dump(indent, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

std::string json_text(const nlohmann::json& json, int indent) { return dumped(json, indent); }
std::string json_text(const nlohmann::ordered_json& json, int indent) { return dumped(json, indent); }

}  // namespace qbench
