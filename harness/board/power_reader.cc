// SPDX-License-Identifier: Apache-2.0
#include "harness/board/power_reader.h"

namespace qbench {

PowerSupply read_power_supply(const SystemTree& tree) {
  const std::string supplies = "sys/class/power_supply";
  PowerSupply power;
  for (const std::string& name : tree.names(supplies)) {
    const std::string folder = child_path(supplies, name);
    const std::string type = tree.line(folder + "/type").value_or("");
    if (tree.line(folder + "/scope") == "Device") continue;
    if (type == "Battery") {
      const std::optional<std::int64_t> percent = tree.integer(folder + "/capacity");
      if (percent && *percent >= 0 && *percent <= 100) power.battery_percent = static_cast<int>(*percent);
      power.battery_status = tree.line(folder + "/status").value_or("");
    } else if (type == "Mains" || type == "USB") {
      const std::optional<std::int64_t> online = tree.integer(folder + "/online");
      if (online) power.mains_online = power.mains_online.value_or(false) || *online != 0;
    }
  }
  return power;
}

}  // namespace qbench
