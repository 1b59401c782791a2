// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string_view>

#include "core/board.h"
#include "core/json_fields.h"

namespace qbench {

using json_fields::Is;

static std::array<std::string_view, 2> enum_texts(EnergyMeter::Kind /*kind*/) { return {"counter", "power"}; }

template <Is<CpuCluster> T, typename Visit>
static void visit_fields(T& cluster, Visit& visit) {
  visit("core", cluster.core);
  visit("cpus", cluster.cpus);
  visit("capacity", cluster.capacity);
  visit("max_khz", cluster.max_khz);
}

template <Is<CpuCache> T, typename Visit>
static void visit_fields(T& cache, Visit& visit) {
  visit("level", cache.level);
  visit("type", cache.type);
  visit("bytes", cache.bytes);
  visit("instances", cache.instances);
}

template <Is<CpuInfo> T, typename Visit>
static void visit_fields(T& cpu, Visit& visit) {
  visit("model", cpu.model);
  visit("vendor", cpu.vendor);
  visit("architecture", cpu.architecture);
  visit("logical_cores", cpu.logical_cores);
  visit("physical_cores", cpu.physical_cores);
  visit("allowed_cores", cpu.allowed_cores);
  visit("clusters", cpu.clusters);
  visit("isa", cpu.isa);
  visit("caches", cpu.caches);
  visit("reported_mhz", cpu.reported_mhz);
  visit("smt", cpu.smt);
  visit("turbo", cpu.turbo);
}

template <Is<MemoryInfo> T, typename Visit>
static void visit_fields(T& memory, Visit& visit) {
  visit("total_bytes", memory.total_bytes);
  visit("available_bytes", memory.available_bytes);
  visit("swap_total_bytes", memory.swap_total_bytes);
  visit("swap_free_bytes", memory.swap_free_bytes);
  visit("cgroup_limit_bytes", memory.cgroup_limit_bytes);
}

template <Is<OsInfo> T, typename Visit>
static void visit_fields(T& os, Visit& visit) {
  visit("pretty_name", os.pretty_name);
  visit("kernel", os.kernel);
  visit("hostname", os.hostname);
  visit("virtualization", os.virtualization);
  visit("container", os.container);
  visit("cgroup_cpu_quota", os.cgroup_cpu_quota);
}

template <Is<FrequencyPolicy> T, typename Visit>
static void visit_fields(T& policy, Visit& visit) {
  visit("name", policy.name);
  visit("cpus", policy.cpus);
  visit("driver", policy.driver);
  visit("governor", policy.governor);
  visit("min_khz", policy.min_khz);
  visit("max_khz", policy.max_khz);
  visit("hardware_max_khz", policy.hardware_max_khz);
  visit("current_khz", policy.current_khz);
}

template <Is<ThermalZone> T, typename Visit>
static void visit_fields(T& zone, Visit& visit) {
  visit("name", zone.name);
  visit("type", zone.type);
  visit("celsius", zone.celsius);
  visit("throttle_celsius", zone.throttle_celsius);
}

template <Is<Throttling> T, typename Visit>
static void visit_fields(T& throttling, Visit& visit) {
  visit("firmware_word", throttling.firmware_word);
  visit("firmware_flags", throttling.firmware_flags);
  visit("core_events", throttling.core_events);
  visit("package_events", throttling.package_events);
  visit("undervoltage_alarm", throttling.undervoltage_alarm);
}

template <Is<PowerSupply> T, typename Visit>
static void visit_fields(T& power, Visit& visit) {
  visit("mains_online", power.mains_online);
  visit("battery_percent", power.battery_percent);
  visit("battery_status", power.battery_status);
}

template <Is<Activity> T, typename Visit>
static void visit_fields(T& activity, Visit& visit) {
  visit("load_1min", activity.load_1min);
  visit("load_5min", activity.load_5min);
  visit("load_15min", activity.load_15min);
  visit("uptime_s", activity.uptime_s);
  visit("steal_share", activity.steal_share);
}

template <Is<EnergyMeter> T, typename Visit>
static void visit_fields(T& meter, Visit& visit) {
  visit("name", meter.name);
  visit("source", meter.source);
  visit("kind", meter.kind);
  visit("path", meter.path);
  visit("voltage_path", meter.voltage_path);
  visit("wrap_microjoules", meter.wrap_microjoules);
}

template <Is<EnergySupport> T, typename Visit>
static void visit_fields(T& energy, Visit& visit) {
  visit("meters", energy.meters);
  visit("reason", energy.reason);
}

template <Is<Board> T, typename Visit>
static void visit_fields(T& board, Visit& visit) {
  visit("name", board.name);
  visit("slug", board.slug);
  visit("id", board.id);
  visit("unit", board.unit);
  visit("device_tree_model", board.device_tree_model);
  visit("dmi_product", board.dmi_product);
  visit("cpu", board.cpu);
  visit("memory", board.memory);
  visit("os", board.os);
  visit("frequencies", board.frequencies);
  visit("thermal_zones", board.thermal_zones);
  visit("throttling", board.throttling);
  visit("power", board.power);
  visit("activity", board.activity);
  visit("energy", board.energy);
  visit("environment", board.environment);
}

nlohmann::json to_json(const Board& board) { return json_fields::write(board); }

Board board_from_json(const nlohmann::json& json) {
  Board board;
  json_fields::read(json, board, "board");
  return board;
}

}  // namespace qbench
