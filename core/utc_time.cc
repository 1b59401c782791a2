// SPDX-License-Identifier: Apache-2.0
#include "core/utc_time.h"

#include <ctime>
#include <string_view>

namespace qbench {

std::string utc_text(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string utc_now() { return utc_text(std::time(nullptr)); }

std::optional<std::int64_t> utc_seconds(const std::string& text) {
  std::tm parts{};
  const char* end = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr || std::string_view(end) != "Z") return std::nullopt;
  const auto seconds = static_cast<std::int64_t>(::timegm(&parts));
  if (utc_text(seconds) != text) return std::nullopt;  // the 31st of February
  return seconds;
}

}  // namespace qbench
