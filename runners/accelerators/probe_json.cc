// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <nlohmann/json.hpp>

#include "runners/accelerators/probe.h"

namespace qbench::runners {

namespace {

nlohmann::json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
}

template <typename T>
nlohmann::json value_or_null(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

nlohmann::json runtime_json(const AcceleratorRuntime& runtime) {
  return {{"name", runtime.name},
          {"family", runtime.family},
          {"loaded", runtime.loaded},
          {"path", text_or_null(runtime.path)},
          {"version", text_or_null(runtime.version)},
          {"sha256", text_or_null(runtime.sha256)},
          {"devices", runtime.devices},
          {"cause", text_or_null(runtime.cause)},
          {"fix", text_or_null(runtime.fix)}};
}

nlohmann::json init_json(const InitReport& init) {
  return {{"port", init.port},
          {"ok", init.ok},
          {"seconds", init.seconds},
          {"id_before", text_or_null(init.id_before)},
          {"id_after", text_or_null(init.id_after)},
          {"speed_before_mbps", value_or_null(init.speed_before_mbps)},
          {"speed_after_mbps", value_or_null(init.speed_after_mbps)},
          {"message", init.message},
          {"stderr_tail", init.stderr_tail}};
}

}  // namespace

nlohmann::json to_json(const AcceleratorReport& accelerator) {
  return {{"family", accelerator.family},
          {"name", accelerator.name},
          {"bus", accelerator.bus},
          {"state", state_name(accelerator.state)},
          {"usable", accelerator.usable()},
          {"cause", text_or_null(accelerator.cause)},
          {"fix", text_or_null(accelerator.fix)},
          {"warnings", accelerator.warnings},
          {"id", accelerator.id},
          {"port", accelerator.port},
          {"sysfs", text_or_null(accelerator.sysfs)},
          {"node", text_or_null(accelerator.node)},
          {"node_mode", text_or_null(accelerator.node_mode)},
          {"node_group", text_or_null(accelerator.node_group)},
          {"device_number", accelerator.device_number},
          {"speed_mbps", value_or_null(accelerator.speed_mbps)},
          {"expected_speed_mbps", value_or_null(accelerator.expected_speed_mbps)},
          {"speed_ok", value_or_null(accelerator.speed_ok)},
          {"bcd_usb", text_or_null(accelerator.bcd_usb)},
          {"bcd_device", text_or_null(accelerator.bcd_device)},
          {"max_power_ma", value_or_null(accelerator.max_power_ma)},
          {"manufacturer", text_or_null(accelerator.manufacturer)},
          {"product", text_or_null(accelerator.product)},
          {"serial", text_or_null(accelerator.serial)},
          {"interface_driver", text_or_null(accelerator.interface_driver)},
          {"holders", accelerator.holders},
          {"open", accelerator.open},
          {"claim", accelerator.claim},
          {"answer", accelerator.answer},
          {"device_option", text_or_null(accelerator.device_option)},
          {"celsius", value_or_null(accelerator.celsius)}};
}

nlohmann::json to_json(const ProbeReport& report) {
  nlohmann::json json = {{"usb",
                          {{"available", report.usb_available},
                           {"reason", text_or_null(report.usb_reason)},
                           {"library", text_or_null(report.usb_library)},
                           {"hotplug", report.hotplug}}},
                         {"accelerators", nlohmann::json::array()},
                         {"accelerator_runtimes", nlohmann::json::array()},
                         {"inits", nlohmann::json::array()},
                         {"seconds", report.seconds}};
  for (const AcceleratorReport& accelerator : report.accelerators) json["accelerators"].push_back(to_json(accelerator));
  for (const AcceleratorRuntime& runtime : report.runtimes)
    json["accelerator_runtimes"].push_back(runtime_json(runtime));
  for (const InitReport& init : report.inits) json["inits"].push_back(init_json(init));
  return json;
}

nlohmann::json to_json(const WatchEvent& event) {
  constexpr std::array<const char*, 3> kNames = {"arrived", "left", "changed"};
  return {{"event", kNames[static_cast<std::size_t>(event.kind)]}, {"accelerator", to_json(event.accelerator)}};
}

}  // namespace qbench::runners
