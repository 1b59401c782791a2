// SPDX-License-Identifier: Apache-2.0
#include "core/cgroup_limits.h"

#include <algorithm>
#include <string>
#include <vector>

namespace qbench {
namespace {

// "200000 100000" is the time of two CPUs; "max 100000" no limit.
std::optional<double> parse_quota(const std::string& quota, const std::string& period) {
  const auto quota_us = parse_integer(quota);
  const auto period_us = parse_integer(period);
  if (!quota_us || !period_us || *quota_us <= 0 || *period_us <= 0) return std::nullopt;
  return static_cast<double>(*quota_us) / static_cast<double>(*period_us);
}

template <typename T>
void keep_smaller(std::optional<T>& kept, const std::optional<T>& other) {
  if (other) kept = std::min(kept.value_or(*other), *other);
}

void read_cgroup_folder(const SystemTree& tree, const std::string& folder, CgroupLimits& limits) {
  const std::vector<std::string> quota = words_of(tree.line(folder + "/cpu.max").value_or(""));
  if (quota.size() == 2) keep_smaller(limits.cpus, parse_quota(quota[0], quota[1]));
  keep_smaller(limits.cpus, parse_quota(tree.line(folder + "/cpu.cfs_quota_us").value_or(""),
                                        tree.line(folder + "/cpu.cfs_period_us").value_or("")));
  for (const char* file : {"/memory.max", "/memory.limit_in_bytes"}) {
    const std::optional<std::int64_t> bytes = tree.integer(folder + file);
    if (bytes && *bytes > 0) keep_smaller(limits.memory_bytes, std::optional(static_cast<std::uint64_t>(*bytes)));
  }
}

void climb(const SystemTree& tree, const std::string& mount, std::string path, CgroupLimits& limits) {
  while (path.size() > 1 && path.front() == '/') {
    read_cgroup_folder(tree, mount + path, limits);
    path.resize(path.rfind('/'));
  }
  // Inside a container the own group is the root of what is mounted.
  read_cgroup_folder(tree, mount, limits);
}

/// The folder below sys/fs/cgroup of a line's controllers; empty when they limit nothing that is asked here.
std::optional<std::string> mount_of(const std::string& controllers) {
  if (controllers.empty()) return "sys/fs/cgroup";
  const std::vector<std::string> names = words_of(controllers, ",");
  const bool limits = std::ranges::find(names, "cpu") != names.end() || controllers == "memory";
  return limits ? std::optional("sys/fs/cgroup/" + controllers) : std::nullopt;
}

}  // namespace

CgroupLimits read_cgroup_limits(const SystemTree& tree) {
  CgroupLimits limits;
  for (const std::string& line : lines_of(tree.text("proc/self/cgroup").value_or(""))) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const auto mount = mount_of(line.substr(first + 1, second - first - 1));
    if (mount) climb(tree, *mount, line.substr(second + 1), limits);
  }
  return limits;
}

}  // namespace qbench
