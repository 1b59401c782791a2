// SPDX-License-Identifier: Apache-2.0
#include "core/file_name.h"

namespace qbench {

std::string safe_file_name(std::string_view text) {
  std::string safe;
  for (char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    const bool inner_dot = c == '.' && !safe.empty();
    safe.push_back(plain || inner_dot ? c : '_');
  }
  constexpr std::size_t kLongest = 80;
  return safe.substr(0, kLongest);
}

}  // namespace qbench
