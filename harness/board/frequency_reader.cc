// SPDX-License-Identifier: Apache-2.0
#include "harness/board/frequency_reader.h"

namespace qbench {

namespace {

constexpr const char* kPolicies = "sys/devices/system/cpu/cpufreq";

FrequencyPolicy read_policy(const SystemTree& tree, const std::string& name) {
  const std::string folder = std::string(kPolicies) + "/" + name;
  FrequencyPolicy policy;
  policy.name = name;
  policy.cpus = parse_cpu_list(tree.line(folder + "/related_cpus").value_or(""));
  policy.driver = tree.line(folder + "/scaling_driver").value_or("");
  policy.governor = tree.line(folder + "/scaling_governor").value_or("");
  policy.min_khz = tree.integer(folder + "/scaling_min_freq");
  policy.max_khz = tree.integer(folder + "/scaling_max_freq");
  policy.hardware_max_khz = tree.integer(folder + "/cpuinfo_max_freq");
  policy.current_khz = tree.integer(frequency_path(name));
  return policy;
}

}  // namespace

std::string frequency_path(const std::string& policy_name) {
  return std::string(kPolicies) + "/" + policy_name + "/scaling_cur_freq";
}

std::vector<FrequencyPolicy> read_frequencies(const SystemTree& tree) {
  std::vector<FrequencyPolicy> policies;
  for (const std::string& name : tree.names(kPolicies)) {
    if (name.starts_with("policy")) policies.push_back(read_policy(tree, name));
  }
  return policies;
}

}  // namespace qbench
