// SPDX-License-Identifier: Apache-2.0
#include "harness/app/option_flags.h"

#include <algorithm>

namespace qbench::app {

std::string flag_name(std::string_view option) {
  std::string name = "--" + std::string(option);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

CLI::Validator not_negative() {
  const auto check = [](const std::string& text) {
    return text.starts_with('-') ? text + " is less than 0" : std::string();
  };
  return {check, ""};
}

}  // namespace qbench::app
