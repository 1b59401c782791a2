// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace qbench::testing {

/// Simulated nights that go through the real store and the real checks, confirmations included.
struct ReplayPlan {
  std::uint64_t seed = 1;
  int nights = 120;
  int models = 4;
  int slower_models = 2;  ///< the first ones become slower ...
  int step_night = 60;    ///< ... from this night on
  double step = 0.02;
  int machine_night = 45;  ///< the machine becomes 20 % faster from this night on
};

struct ReplayResult {
  std::size_t sound_nights = 0;   ///< of a series in which nothing is wrong
  std::size_t false_alarms = 0;   ///< alarms among them
  std::size_t second_runs = 0;    ///< nights that had to be run again
  std::size_t steps = 0;          ///< series that became slower
  std::size_t found_at_once = 0;  ///< alarm on the first night
  std::size_t found_in_two = 0;   ///< on the first or the second
  std::size_t attributed = 0;     ///< at the end the alarm names the very night of the step
};

/// 20 rounds of 8 samples. Seven nights of ten are quiet (0.4 % noise, 2 % of the samples disturbed), three are not (1
/// % and 25 %); every lane differs by 0.05 % or 0.15 % as another process does, and in one night of thirty by 1.5 %.
[[nodiscard]] ReplayResult replay_nights(const ReplayPlan& plan);

}  // namespace qbench::testing
