// SPDX-License-Identifier: Apache-2.0
#include "core/board_sample.h"
#include "core/json_fields.h"

namespace qbench {

using json_fields::Is;

template <Is<BoardSample> T, typename Visit>
static void visit_fields(T& sample, Visit& visit) {
  visit("time_ns", sample.time_ns);
  visit("frequency_khz", sample.frequency_khz);
  visit("celsius", sample.celsius);
  visit("firmware_throttle_word", sample.firmware_throttle_word);
  visit("core_throttle_events", sample.core_throttle_events);
  visit("package_throttle_events", sample.package_throttle_events);
  visit("cpu_ticks", sample.cpu_ticks);
  visit("idle_ticks", sample.idle_ticks);
  visit("steal_ticks", sample.steal_ticks);
  visit("load_1min", sample.load_1min);
  visit("energy_microjoules", sample.energy_microjoules);
  visit("power_microwatts", sample.power_microwatts);
}

template <Is<EnergyUse> T, typename Visit>
static void visit_fields(T& energy, Visit& visit) {
  visit("joules", energy.joules);
  visit("meter", energy.meter);
  visit("estimated", energy.estimated);
  visit("reason", energy.reason);
}

template <Is<Disturbance> T, typename Visit>
static void visit_fields(T& disturbance, Visit& visit) {
  visit("throttled", disturbance.throttled);
  visit("disturbed", disturbance.disturbed);
  visit("steal_share", disturbance.steal_share);
  visit("frequency_drop", disturbance.frequency_drop);
  visit("reasons", disturbance.reasons);
}

nlohmann::json to_json(const BoardSample& sample) { return json_fields::write(sample); }
nlohmann::json to_json(const EnergyUse& energy) { return json_fields::write(energy); }
nlohmann::json to_json(const Disturbance& disturbance) { return json_fields::write(disturbance); }

BoardSample board_sample_from_json(const nlohmann::json& json) {
  BoardSample sample;
  json_fields::read(json, sample, "board_sample");
  return sample;
}

EnergyUse energy_use_from_json(const nlohmann::json& json) {
  EnergyUse energy;
  json_fields::read(json, energy, "energy");
  return energy;
}

Disturbance disturbance_from_json(const nlohmann::json& json) {
  Disturbance disturbance;
  json_fields::read(json, disturbance, "disturbance");
  return disturbance;
}

}  // namespace qbench
