// SPDX-License-Identifier: Apache-2.0
#include "harness/board/cpu_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <tuple>

#include "harness/board/cpu_isa.h"

namespace qbench {

namespace {

constexpr const char* kCpuFolder = "sys/devices/system/cpu";

std::string cpu_path(int cpu, std::string_view file) { return fmt::format("{}/cpu{}/{}", kCpuFolder, cpu, file); }

std::vector<int> online_cpus(const SystemTree& tree, const std::vector<CpuinfoCore>& cores) {
  std::vector<int> cpus = parse_cpu_list(tree.line(std::string(kCpuFolder) + "/online").value_or(""));
  if (!cpus.empty()) return cpus;
  for (const CpuinfoCore& core : cores) cpus.push_back(core.processor);
  return cpus;
}

// Threads of one core share the list of their siblings, whatever the numbering of sockets and clusters.
int count_physical(const SystemTree& tree, const std::vector<int>& cpus, const std::vector<CpuinfoCore>& cores) {
  std::set<std::string> distinct;
  for (const int cpu : cpus) {
    const auto siblings = tree.line(cpu_path(cpu, "topology/thread_siblings_list"));
    if (siblings) distinct.insert(*siblings);
  }
  if (distinct.empty()) {
    for (const CpuinfoCore& core : cores) {
      if (!core.core_id.empty()) distinct.insert(core.physical_id + ":" + core.core_id);
    }
  }
  return distinct.empty() ? static_cast<int>(cpus.size()) : static_cast<int>(distinct.size());
}

std::optional<int> small_integer(const SystemTree& tree, const std::string& path) {
  const std::optional<std::int64_t> value = tree.integer(path);
  if (!value || *value < 0 || *value > (1 << 30)) return std::nullopt;
  return static_cast<int>(*value);
}

bool faster(const CpuCluster& left, const CpuCluster& right) {
  const auto rank = [](const CpuCluster& cluster) {
    return std::tuple(cluster.capacity.value_or(0), cluster.max_khz.value_or(0), -cluster.cpus.front());
  };
  return rank(left) > rank(right);
}

// Cores of different names, capacities or (hybrid x86) kernel PMU groups are different clusters.
std::vector<CpuCluster> read_clusters(const SystemTree& tree, const std::vector<int>& cpus,
                                      const std::vector<CpuinfoCore>& cores) {
  std::map<int, std::string> names;
  for (const CpuinfoCore& core : cores) names[core.processor] = core_name(core);
  const std::vector<int> atoms = parse_cpu_list(tree.line("sys/devices/cpu_atom/cpus").value_or(""));

  std::map<std::tuple<std::string, std::optional<int>, bool>, CpuCluster> groups;
  for (const int cpu : cpus) {
    const std::optional<int> capacity = small_integer(tree, cpu_path(cpu, "cpu_capacity"));
    const bool is_atom = std::ranges::find(atoms, cpu) != atoms.end();
    CpuCluster& cluster = groups[{names[cpu], atoms.empty() ? capacity : std::nullopt, is_atom}];
    cluster.core = atoms.empty() ? names[cpu] : names[cpu] + (is_atom ? ", efficiency cores" : ", performance cores");
    cluster.cpus.push_back(cpu);
    cluster.capacity = std::max(cluster.capacity, capacity);
    cluster.max_khz = std::max(cluster.max_khz, tree.integer(cpu_path(cpu, "cpufreq/cpuinfo_max_freq")));
  }
  std::vector<CpuCluster> clusters;
  clusters.reserve(groups.size());
  for (const auto& [key, cluster] : groups) clusters.push_back(cluster);
  std::ranges::sort(clusters, faster);
  return clusters;
}

// "512K", "8M" -> bytes.
std::optional<std::uint64_t> parse_size(const std::string& text) {
  const std::size_t unit = text.find_first_not_of("0123456789");
  const std::optional<std::int64_t> number = parse_integer(text.substr(0, unit));
  if (!number) return std::nullopt;
  const char letter = unit == std::string::npos ? ' ' : text[unit];
  const int shift = letter == 'K' ? 10 : letter == 'M' ? 20 : letter == 'G' ? 30 : 0;
  return static_cast<std::uint64_t>(*number) << shift;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::vector<CpuCache> read_caches(const SystemTree& tree, const std::vector<int>& cpus) {
  std::map<std::tuple<int, std::string, std::uint64_t>, std::set<std::string>> sharers;
  for (const int cpu : cpus) {
    for (const std::string& index : tree.names(cpu_path(cpu, "cache"))) {
      const std::string folder = cpu_path(cpu, "cache/" + index);
      const auto level = small_integer(tree, folder + "/level");
      const auto type = tree.line(folder + "/type");
      const auto bytes = parse_size(tree.line(folder + "/size").value_or(""));
      if (!level || !type || !bytes) continue;
      const auto shared = tree.line(folder + "/shared_cpu_list").value_or(std::to_string(cpu));
      sharers[{*level, lower_case(*type), *bytes}].insert(shared);
    }
  }
  std::vector<CpuCache> caches;
  for (const auto& [key, instances] : sharers) {
    const auto& [level, type, bytes] = key;
    caches.push_back({.level = level, .type = type, .bytes = bytes, .instances = static_cast<int>(instances.size())});
  }
  return caches;
}

std::vector<std::string> common_features(const std::vector<CpuinfoCore>& cores) {
  if (cores.empty()) return {};
  std::vector<std::string> common = isa_features(cores.front());
  for (const CpuinfoCore& core : cores) {
    const std::vector<std::string> own = isa_features(core);
    std::erase_if(common, [&](const std::string& name) { return std::ranges::find(own, name) == own.end(); });
  }
  return common;
}

// x86 gives a marketing name; elsewhere the cores are what a person recognises.
std::string describe_model(const CpuInfo& cpu, const std::vector<CpuinfoCore>& cores) {
  if (!cores.empty() && !cores.front().flags.empty()) return cores.front().model_name;
  std::string text;
  for (const CpuCluster& cluster : cpu.clusters) {
    if (cluster.core.empty()) continue;
    text += fmt::format("{}{} x {}", text.empty() ? "" : " + ", cluster.cpus.size(), cluster.core);
  }
  return text;
}

std::string vendor_of(const CpuinfoCore& core) {
  static const std::map<std::string, std::string> implementers = {
      {"0x41", "Arm"},      {"0x42", "Broadcom"}, {"0x43", "Cavium"}, {"0x48", "HiSilicon"}, {"0x4e", "NVIDIA"},
      {"0x51", "Qualcomm"}, {"0x53", "Samsung"},  {"0x61", "Apple"},  {"0xc0", "Ampere"}};
  const auto known = implementers.find(core.implementer);
  if (known != implementers.end()) return known->second;
  return core.implementer.empty() ? core.vendor : core.implementer;
}

std::optional<bool> read_flag(const SystemTree& tree, const std::string& path) {
  const std::optional<std::int64_t> value = tree.integer(path);
  return value ? std::optional<bool>(*value != 0) : std::nullopt;
}

std::optional<bool> read_turbo(const SystemTree& tree) {
  const std::string folder = kCpuFolder;
  const std::optional<bool> off = read_flag(tree, folder + "/intel_pstate/no_turbo");
  return off ? std::optional<bool>(!*off) : read_flag(tree, folder + "/cpufreq/boost");
}

}  // namespace

CpuInfo read_cpu(const SystemTree& tree) {
  const std::vector<CpuinfoCore> cores = parse_cpuinfo(tree.text("proc/cpuinfo").value_or(""));
  const std::vector<int> cpus = online_cpus(tree, cores);
  CpuInfo cpu;
  if (!cores.empty()) {
    cpu.vendor = vendor_of(cores.front());
    cpu.architecture = architecture_of(cores.front());
  }
  if (cpu.architecture.empty()) cpu.architecture = tree.line("proc/sys/kernel/arch").value_or("");
  cpu.logical_cores = static_cast<int>(cpus.size());
  cpu.physical_cores = count_physical(tree, cpus, cores);
  const std::size_t allowed = allowed_cpus(tree).size();
  cpu.allowed_cores = allowed > 0 ? static_cast<int>(allowed) : cpu.logical_cores;
  cpu.clusters = read_clusters(tree, cpus, cores);
  cpu.isa = common_features(cores);
  cpu.caches = read_caches(tree, cpus);
  cpu.model = describe_model(cpu, cores);
  if (!cores.empty()) cpu.reported_mhz = parse_real(cores.front().mhz);
  cpu.smt = read_flag(tree, std::string(kCpuFolder) + "/smt/active");
  cpu.turbo = read_turbo(tree);
  return cpu;
}

std::vector<int> allowed_cpus(const SystemTree& tree) {
  std::vector<int> allowed;
  for (const std::string& line : lines_of(tree.text("proc/self/status").value_or(""))) {
    const std::optional<KeyValue> entry = split_key_value(line);
    if (entry && entry->key == "Cpus_allowed_list") allowed = parse_cpu_list(entry->value);
  }
  // The mask may name CPUs that are switched off or do not exist.
  const std::vector<int> online = parse_cpu_list(tree.line(std::string(kCpuFolder) + "/online").value_or(""));
  if (!online.empty()) {
    std::erase_if(allowed, [&](int cpu) { return std::ranges::find(online, cpu) == online.end(); });
  }
  return allowed;
}

std::optional<int> fastest_allowed_cpu(const SystemTree& tree) {
  const std::vector<int> allowed = allowed_cpus(tree);
  for (const CpuCluster& cluster : read_cpu(tree).clusters) {
    for (auto cpu = cluster.cpus.rbegin(); cpu != cluster.cpus.rend(); ++cpu) {
      if (std::ranges::find(allowed, *cpu) != allowed.end()) return *cpu;
    }
  }
  return std::nullopt;
}

}  // namespace qbench
