// SPDX-License-Identifier: Apache-2.0
#include "harness/app/noise_floors.h"

#include "harness/selftest/noise_profile.h"

namespace qbench::app {

reports::NoiseFloors noise_floors_of(const Board& board) {
  const std::optional<selftest::NoiseProfile> profile = selftest::profile_of(board.id);
  return profile ? selftest::noise_floors(*profile) : reports::NoiseFloors();
}

}  // namespace qbench::app
