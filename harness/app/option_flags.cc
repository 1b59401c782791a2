// SPDX-License-Identifier: Apache-2.0
#include "harness/app/option_flags.h"

#include <algorithm>

namespace qbench::app {

std::string flag_name(std::string_view option) {
  std::string name = "--" + std::string(option);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

}  // namespace qbench::app
