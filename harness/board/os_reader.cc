// SPDX-License-Identifier: Apache-2.0
#include "harness/board/os_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "core/cgroup_limits.h"
#include "core/sha256.h"
#include "harness/board/container_reader.h"

namespace qbench {

namespace {

constexpr std::uint64_t kKib = 1024;

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front()) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

std::string pretty_name(const SystemTree& tree) {
  for (const char* file : {"etc/os-release", "usr/lib/os-release"}) {
    for (const std::string& line : lines_of(tree.text(file).value_or(""))) {
      const std::optional<KeyValue> entry = split_key_value(line, '=');
      if (entry && entry->key == "PRETTY_NAME") return unquoted(entry->value);
    }
  }
  return {};
}

// Names of runtimes' own switches, and of those of the libraries below them. A name that ends in '_' is a prefix.
constexpr std::array<std::string_view, 21> kSwitches = {
    "OMP_",
    "GOMP_",
    "KMP_",
    "OPENBLAS_",
    "MKL_",
    "TFLITE_",
    "XNNPACK_",
    "ORT_",
    "OPENCV_",
    "USB_",
    "QBENCH_",
    "TF_CPP_MIN_LOG_LEVEL",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_ENABLE_ONEDNN_OPTS",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "GLIBC_TUNABLES",
    "MALLOC_ARENA_MAX",
    "MALLOC_CONF",
    "VECLIB_MAXIMUM_THREADS",
};

bool is_switch(std::string_view name) {
  return std::ranges::any_of(kSwitches, [&](std::string_view known) {
    return known.ends_with('_') ? name.starts_with(known) : name == known;
  });
}

bool is_placeholder(const std::string& text) {
  constexpr std::array<std::string_view, 7> kPlaceholders = {"To Be Filled By O.E.M.",
                                                             "To be filled by O.E.M.",
                                                             "Default string",
                                                             "System Product Name",
                                                             "System manufacturer",
                                                             "Not Specified",
                                                             "None"};
  return text.empty() || std::ranges::find(kPlaceholders, text) != kPlaceholders.end();
}

std::string vendor_and_name(const SystemTree& tree, const std::string& vendor_file, const std::string& name_file) {
  const std::string folder = "sys/class/dmi/id/";
  const std::string vendor = tree.line(folder + vendor_file).value_or("");
  const std::string name = tree.line(folder + name_file).value_or("");
  if (is_placeholder(name)) return {};
  return is_placeholder(vendor) || name.starts_with(vendor) ? name : vendor + " " + name;
}

std::string device_tree_line(const SystemTree& tree, const std::string& file) {
  for (const char* folder : {"proc/device-tree/", "sys/firmware/devicetree/base/"}) {
    const std::optional<std::string> line = tree.line(folder + file);
    if (line) return *line;
  }
  return {};
}

std::string cpuinfo_serial(const SystemTree& tree) {
  for (const std::string& line : lines_of(tree.text("proc/cpuinfo").value_or(""))) {
    const std::optional<KeyValue> entry = split_key_value(line);
    if (entry && entry->key == "Serial") return std::string(entry->value);
  }
  return {};
}

std::optional<double> real_word(const std::vector<std::string>& words, std::size_t index) {
  return index < words.size() ? parse_real(words[index]) : std::nullopt;
}

}  // namespace

OsInfo read_os(const SystemTree& tree) {
  OsInfo os;
  os.pretty_name = pretty_name(tree);
  os.kernel = tree.line("proc/sys/kernel/osrelease").value_or("");
  os.hostname = tree.line("proc/sys/kernel/hostname").value_or("");
  os.virtualization = read_virtualization(tree);
  os.container = read_container(tree);
  os.cgroup_cpu_quota = read_cgroup_limits(tree).cpus;
  return os;
}

MemoryInfo read_memory(const SystemTree& tree) {
  MemoryInfo memory;
  const std::map<std::string_view, std::uint64_t MemoryInfo::*> fields = {
      {"MemTotal", &MemoryInfo::total_bytes},
      {"MemAvailable", &MemoryInfo::available_bytes},
      {"SwapTotal", &MemoryInfo::swap_total_bytes},
      {"SwapFree", &MemoryInfo::swap_free_bytes},
  };
  const std::string text = tree.text("proc/meminfo").value_or("");
  for (const std::string& line : lines_of(text)) {
    const std::optional<KeyValue> entry = split_key_value(line);
    if (!entry) continue;
    const auto field = fields.find(entry->key);
    const std::optional<std::int64_t> kib = parse_integer(entry->value.substr(0, entry->value.find(' ')));
    if (field != fields.end() && kib && *kib >= 0) memory.*(field->second) = static_cast<std::uint64_t>(*kib) * kKib;
  }
  memory.cgroup_limit_bytes = read_cgroup_limits(tree).memory_bytes;
  // A limit above what the machine has limits nothing.
  if (memory.cgroup_limit_bytes >= memory.total_bytes) memory.cgroup_limit_bytes.reset();
  return memory;
}

std::optional<double> read_load_1min(const SystemTree& tree) {
  return real_word(words_of(tree.line("proc/loadavg").value_or("")), 0);
}

std::optional<CpuTicks> read_cpu_ticks(const SystemTree& tree) {
  constexpr std::size_t kIdle = 4;
  constexpr std::size_t kIoWait = 5;
  constexpr std::size_t kSteal = 8;  // guest time, behind it, is already part of user time
  const std::vector<std::string> words = words_of(tree.line("proc/stat").value_or(""));
  if (words.size() <= kIoWait || words.front() != "cpu") return std::nullopt;
  CpuTicks ticks;
  for (std::size_t i = 1; i < words.size() && i <= kSteal; ++i) {
    const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(0, parse_integer(words[i]).value_or(0)));
    ticks.total += count;
    if (i == kIdle || i == kIoWait) ticks.idle += count;
    if (i == kSteal) ticks.steal = count;
  }
  return ticks;
}

Activity read_activity(const SystemTree& tree) {
  const std::vector<std::string> load = words_of(tree.line("proc/loadavg").value_or(""));
  Activity activity;
  activity.load_1min = real_word(load, 0).value_or(0.0);
  activity.load_5min = real_word(load, 1).value_or(0.0);
  activity.load_15min = real_word(load, 2).value_or(0.0);
  activity.uptime_s = real_word(words_of(tree.line("proc/uptime").value_or("")), 0).value_or(0.0);
  const std::optional<CpuTicks> ticks = read_cpu_ticks(tree);
  if (ticks && ticks->total > 0) {
    activity.steal_share = static_cast<double>(ticks->steal) / static_cast<double>(ticks->total);
  }
  return activity;
}

std::map<std::string, std::string> read_environment(const SystemTree& tree) {
  std::map<std::string, std::string> switches;
  for (const std::string& variable : words_of(tree.text("proc/self/environ").value_or(""), std::string_view("\0", 1))) {
    const std::size_t equal = variable.find('=');
    if (equal == std::string::npos || !is_switch(variable.substr(0, equal))) continue;
    switches[variable.substr(0, equal)] = variable.substr(equal + 1);
  }
  return switches;
}

std::string read_device_tree_model(const SystemTree& tree) { return device_tree_line(tree, "model"); }

std::string read_dmi_product(const SystemTree& tree) {
  const std::string product = vendor_and_name(tree, "sys_vendor", "product_name");
  return product.empty() ? vendor_and_name(tree, "board_vendor", "board_name") : product;
}

std::string read_unit(const SystemTree& tree) {
  std::string text = device_tree_line(tree, "serial-number");
  if (text.empty()) text = cpuinfo_serial(tree);
  if (text.empty()) text = tree.line("etc/machine-id").value_or("");
  constexpr std::size_t kDigits = 8;
  return text.empty() ? "" : sha256_hex("qbench unit " + text).substr(0, kDigits);
}

}  // namespace qbench
