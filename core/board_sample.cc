// SPDX-License-Identifier: Apache-2.0
#include "core/board_sample.h"

#include <fmt/format.h>

#include <algorithm>

namespace qbench {

namespace {

constexpr double kMicro = 1e-6;
constexpr double kNano = 1e-9;
// The four low bits of the Raspberry Pi word tell about now, the high ones about any time since boot.
constexpr std::uint32_t kThrottledNow = 0xF;

template <typename T>
const T* find_value(const std::map<std::string, T>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

std::optional<double> counter_joules(const EnergyMeter& meter, const BoardSample& first, const BoardSample& last) {
  const std::uint64_t* from = find_value(first.energy_microjoules, meter.name);
  const std::uint64_t* to = find_value(last.energy_microjoules, meter.name);
  if (from == nullptr || to == nullptr) return std::nullopt;
  if (*to >= *from) return static_cast<double>(*to - *from) * kMicro;
  if (meter.wrap_microjoules < *from) return std::nullopt;
  return static_cast<double>(meter.wrap_microjoules - *from + *to) * kMicro;
}

std::optional<double> power_joules(const EnergyMeter& meter, const BoardSample& first, const BoardSample& last) {
  const std::uint64_t* from = find_value(first.power_microwatts, meter.name);
  const std::uint64_t* to = find_value(last.power_microwatts, meter.name);
  if (from == nullptr || to == nullptr || last.time_ns <= first.time_ns) return std::nullopt;
  const double mean_watts = (static_cast<double>(*from) + static_cast<double>(*to)) * 0.5 * kMicro;
  return mean_watts * static_cast<double>(last.time_ns - first.time_ns) * kNano;
}

bool holds_clock(const FrequencyPolicy& policy) {
  return policy.governor == "performance" || policy.governor == "userspace";
}

// 1 - lowest / highest clock that the policy showed in the series.
std::optional<double> drop_of(const FrequencyPolicy& policy, std::span<const BoardSample> samples) {
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  for (const BoardSample& sample : samples) {
    const std::int64_t* khz = find_value(sample.frequency_khz, policy.name);
    if (khz == nullptr || *khz <= 0) continue;
    lowest = lowest == 0 ? *khz : std::min(lowest, *khz);
    highest = std::max(highest, *khz);
  }
  if (highest == 0) return std::nullopt;
  return 1.0 - static_cast<double>(lowest) / static_cast<double>(highest);
}

void check_clocks(const Board& board, std::span<const BoardSample> samples, double limit, Disturbance& result) {
  for (const FrequencyPolicy& policy : board.frequencies) {
    if (!holds_clock(policy)) continue;
    const std::optional<double> drop = drop_of(policy, samples);
    if (!drop) continue;
    result.frequency_drop = std::max(result.frequency_drop.value_or(0.0), *drop);
    if (*drop < limit) continue;
    result.throttled = true;
    result.reasons.push_back(
        fmt::format("the clock of {} fell by {:.0f} % under governor {}", policy.name, *drop * 100.0, policy.governor));
  }
}

void check_firmware(std::span<const BoardSample> samples, Disturbance& result) {
  std::uint32_t seen = 0;
  for (const BoardSample& sample : samples) seen |= sample.firmware_throttle_word.value_or(0) & kThrottledNow;
  // What began and ended between two samples still shows in the sticky bits.
  const std::uint32_t sticky_before = samples.front().firmware_throttle_word.value_or(0) >> 16U;
  const std::uint32_t sticky_after = samples.back().firmware_throttle_word.value_or(0) >> 16U;
  seen |= (sticky_after & ~sticky_before) & kThrottledNow;
  if (seen == 0) return;
  result.throttled = true;
  for (const std::string& flag : throttle_flags(seen << 16U)) {
    result.reasons.push_back("firmware: " + flag.substr(0, flag.find(" since boot")));
  }
}

void check_counter(std::optional<std::uint64_t> before, std::optional<std::uint64_t> after, const char* what,
                   Disturbance& result) {
  if (!before || !after || *after <= *before) return;
  result.throttled = true;
  result.reasons.push_back(fmt::format("{} thermal throttle events of the {}", *after - *before, what));
}

void check_steal(const BoardSample& first, const BoardSample& last, double limit, Disturbance& result) {
  if (last.cpu_ticks <= first.cpu_ticks || last.steal_ticks < first.steal_ticks) return;
  result.steal_share =
      static_cast<double>(last.steal_ticks - first.steal_ticks) / static_cast<double>(last.cpu_ticks - first.cpu_ticks);
  if (result.steal_share < limit) return;
  result.disturbed = true;
  result.reasons.push_back(fmt::format("the hypervisor took {:.1f} % of the CPU time", result.steal_share * 100.0));
}

}  // namespace

EnergyUse energy_over(const EnergySupport& energy, std::span<const BoardSample> samples) {
  EnergyUse use;
  if (energy.meters.empty()) {
    use.reason = energy.reason.empty() ? "this board has no energy meter" : energy.reason;
    return use;
  }
  const EnergyMeter& meter = energy.meters.front();
  use.meter = meter.name;
  use.estimated = meter.kind == EnergyMeter::Kind::kPower;
  double total = 0.0;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    const std::optional<double> joules = use.estimated ? power_joules(meter, samples[i - 1], samples[i])
                                                       : counter_joules(meter, samples[i - 1], samples[i]);
    if (!joules) {
      use.reason = fmt::format("{} gave no reading", meter.name);
      return use;
    }
    total += *joules;
  }
  if (samples.size() < 2) {
    use.reason = "fewer than two samples";
  } else {
    use.joules = total;
  }
  return use;
}

Disturbance disturbance_in(const Board& board, std::span<const BoardSample> samples, const DisturbanceLimits& limits) {
  Disturbance result;
  if (samples.size() < 2) return result;
  const BoardSample& first = samples.front();
  const BoardSample& last = samples.back();
  check_firmware(samples, result);
  check_counter(first.core_throttle_events, last.core_throttle_events, "cores", result);
  check_counter(first.package_throttle_events, last.package_throttle_events, "package", result);
  check_clocks(board, samples, limits.frequency_drop, result);
  check_steal(first, last, limits.steal_share, result);
  return result;
}

}  // namespace qbench
