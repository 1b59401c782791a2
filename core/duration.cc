// SPDX-License-Identifier: Apache-2.0
#include "core/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace qbench {

double parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits{
      {{"", 1.0}, {"s", 1.0}, {"ms", 1e-3}, {"m", 60.0}, {"h", 3600.0}}};
  double number = 0.0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem == std::errc() && std::isfinite(number) && number >= 0.0) {
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    for (const auto& [name, seconds] : kUnits) {
      if (unit == name) return number * seconds;
    }
  }
  throw Error(ErrorCode::kUsage, "'{}' is no duration: write it like 90s, 10m or 1h", text);
}

}  // namespace qbench
