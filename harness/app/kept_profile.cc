// SPDX-License-Identifier: Apache-2.0
#include "harness/app/kept_profile.h"
#include "core/print.h"

#include <fmt/format.h>

#include <cstdio>

#include "core/error.h"

namespace qbench::app {

std::optional<selftest::NoiseProfile> kept_profile(const std::string& board) {
  try {
    return selftest::profile_of(board);
  } catch (const Error& error) {
    print_text(stderr, "qbench: {}; it is not used\n", error.what());
    return std::nullopt;
  }
}

}  // namespace qbench::app
