// SPDX-License-Identifier: Apache-2.0
#include "harness/board/board_sampler.h"

#include <chrono>

#include "harness/board/energy_reader.h"
#include "harness/board/frequency_reader.h"
#include "harness/board/os_reader.h"

namespace qbench {

BoardSampler::BoardSampler(const Board& board, const std::filesystem::path& root)
    : tree_(root),
      meters_(board.energy.meters),
      firmware_throttle_path_(firmware_throttle_path(tree_)),
      throttle_counters_(throttle_counter_paths(tree_)) {
  for (const FrequencyPolicy& policy : board.frequencies) {
    frequencies_.emplace_back(policy.name, frequency_path(policy.name));
  }
  for (const ThermalZone& zone : board.thermal_zones) {
    temperatures_.emplace_back(zone.name, temperature_path(zone.name));
  }
}

BoardSample BoardSampler::sample_meters() const {
  BoardSample sample;
  sample.time_ns = std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
  for (const EnergyMeter& meter : meters_) {
    const std::optional<std::uint64_t> value = read_meter(tree_, meter);
    if (!value) continue;
    (meter.kind == EnergyMeter::Kind::kCounter ? sample.energy_microjoules : sample.power_microwatts)[meter.name] =
        *value;
  }
  return sample;
}

BoardSample BoardSampler::sample() const {
  BoardSample sample = sample_meters();
  for (const auto& [name, path] : frequencies_) {
    if (const auto khz = tree_.integer(path)) sample.frequency_khz[name] = *khz;
  }
  for (const auto& [name, path] : temperatures_) {
    if (const auto celsius = read_celsius(tree_, path)) sample.celsius[name] = *celsius;
  }
  sample.firmware_throttle_word = read_firmware_word(tree_, firmware_throttle_path_);
  sample.core_throttle_events = sum_of_counters(tree_, throttle_counters_.core);
  sample.package_throttle_events = largest_counter(tree_, throttle_counters_.package);
  if (const std::optional<CpuTicks> ticks = read_cpu_ticks(tree_)) {
    sample.cpu_ticks = ticks->total;
    sample.idle_ticks = ticks->idle;
    sample.steal_ticks = ticks->steal;
  }
  sample.load_1min = read_load_1min(tree_).value_or(0.0);
  return sample;
}

}  // namespace qbench
