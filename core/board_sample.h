// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/board.h"

namespace qbench {

/// What changes on a board while it works, read between two timed blocks. Keys are those of the Board: policy, zone
/// and meter names.
struct BoardSample {
  std::int64_t time_ns = 0;  ///< CLOCK_MONOTONIC
  std::map<std::string, std::int64_t> frequency_khz;
  std::map<std::string, double> celsius;
  std::optional<std::uint32_t> firmware_throttle_word;
  std::optional<std::uint64_t> core_throttle_events;
  std::optional<std::uint64_t> package_throttle_events;
  std::uint64_t cpu_ticks = 0;    ///< of all CPUs, idle included, since boot
  std::uint64_t idle_ticks = 0;   ///< idle and waiting for I/O
  std::uint64_t steal_ticks = 0;  ///< given to others by the hypervisor
  double load_1min = 0.0;
  std::map<std::string, std::uint64_t> energy_microjoules;  ///< counters
  std::map<std::string, std::uint64_t> power_microwatts;    ///< meters of power

  bool operator==(const BoardSample&) const = default;
};

/// A sample and when it was taken, in seconds since the start of the run.
struct BoardPoint {
  double at_s = 0.0;
  BoardSample sample;
  bool operator==(const BoardPoint&) const = default;
};

/// Energy used between the first and the last of some samples, by the board's first meter.
struct EnergyUse {
  std::optional<double> joules;
  std::string meter;
  bool estimated = false;  ///< from readings of power, not from a counter
  std::string reason;      ///< why joules is missing
  bool operator==(const EnergyUse&) const = default;
};

/// Samples in the order of time, two or more. A counter may wrap once between neighbours; power is taken as straight
/// between them.
[[nodiscard]] EnergyUse energy_over(const EnergySupport& energy, std::span<const BoardSample> samples);

/// What a series of samples proves about the time it covers. Tags, never corrections.
struct Disturbance {
  bool throttled = false;  ///< the board slowed itself down: heat, supply, or the clock fell
  bool disturbed = false;  ///< others took CPU time
  double steal_share = 0.0;
  std::optional<double> frequency_drop;  ///< 1 - lowest / highest clock of the same policy; the largest of all
  std::vector<std::string> reasons;      ///< one line each
  bool operator==(const Disturbance&) const = default;
};

struct DisturbanceLimits {
  double steal_share = 0.01;
  double frequency_drop = 0.10;
};

/// With fewer than two samples nothing is claimed. Frequencies count only for policies whose governor holds a clock
/// ("performance", "userspace"): with the others a lower clock between blocks is idleness, not throttling.
[[nodiscard]] Disturbance disturbance_in(const Board& board, std::span<const BoardSample> samples,
                                         const DisturbanceLimits& limits = {});

[[nodiscard]] nlohmann::json to_json(const BoardSample& sample);
/// Throws Error(kConfig) naming the key of a wrong type.
[[nodiscard]] BoardSample board_sample_from_json(const nlohmann::json& json);
[[nodiscard]] nlohmann::json to_json(const Disturbance& disturbance);
[[nodiscard]] Disturbance disturbance_from_json(const nlohmann::json& json);
[[nodiscard]] nlohmann::json to_json(const EnergyUse& energy);
[[nodiscard]] EnergyUse energy_use_from_json(const nlohmann::json& json);

}  // namespace qbench
