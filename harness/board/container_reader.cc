// SPDX-License-Identifier: Apache-2.0
#include "harness/board/container_reader.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace qbench {

namespace {

struct Sign {
  std::string_view text;
  std::string_view name;
};

constexpr std::array<Sign, 9> kDmiSigns = {{
    {"KVM", "kvm"},
    {"QEMU", "qemu"},
    {"VMware", "vmware"},
    {"VirtualBox", "virtualbox"},
    {"innotek", "virtualbox"},
    {"Xen", "xen"},
    {"Parallels", "parallels"},
    {"Amazon EC2", "amazon"},
    {"Google Compute Engine", "google"},
}};

// Clocks that a hypervisor offers to its guests.
constexpr std::array<Sign, 3> kClockSigns = {{{"kvm-clock", "kvm"}, {"hyperv", "hyper-v"}, {"xen", "xen"}}};

// In the cgroup path of the first process, or in the mount of its root folder.
constexpr std::array<Sign, 7> kContainerSigns = {{
    {"kubepods", "kubernetes"},
    {"docker", "docker"},
    {"libpod", "podman"},
    {"containers/storage", "podman"},
    {"containerd", "containerd"},
    {"/lxc", "lxc"},
    {"lxc.payload", "lxc"},
}};

template <std::size_t kCount>
std::string first_sign(std::string_view text, const std::array<Sign, kCount>& signs) {
  for (const Sign& sign : signs) {
    if (text.find(sign.text) != std::string_view::npos) return std::string(sign.name);
  }
  return {};
}

bool has_hypervisor_flag(const SystemTree& tree) {
  for (const std::string& line : lines_of(tree.text("proc/cpuinfo").value_or(""))) {
    if (!line.starts_with("flags")) continue;
    const std::vector<std::string> flags = words_of(line);
    return std::ranges::find(flags, "hypervisor") != flags.end();
  }
  return false;
}

std::string environment_container(const SystemTree& tree) {
  const std::string environment =
      tree.text("proc/1/environ").value_or("") + tree.text("proc/self/environ").value_or("");
  for (const std::string& variable : words_of(environment, std::string_view("\0", 1))) {
    if (variable.starts_with("KUBERNETES_SERVICE_HOST=")) return "kubernetes";
    if (variable.starts_with("container=")) return variable.substr(variable.find('=') + 1);
  }
  return {};
}

std::string root_mount_options(const SystemTree& tree) {
  for (const std::string& line : lines_of(tree.text("proc/self/mountinfo").value_or(""))) {
    const std::vector<std::string> words = words_of(line);
    constexpr std::size_t kMountPoint = 4;
    if (words.size() > kMountPoint && words[kMountPoint] == "/") return std::string(line);
  }
  return {};
}

}  // namespace

std::string read_virtualization(const SystemTree& tree) {
  std::string dmi;
  for (const char* file : {"sys_vendor", "product_name", "bios_vendor"}) {
    dmi += tree.line(std::string("sys/class/dmi/id/") + file).value_or("") + "\n";
  }
  std::string name = first_sign(dmi, kDmiSigns);
  // Microsoft also makes laptops; only its virtual machines are called so.
  if (dmi.find("Microsoft Corporation\nVirtual Machine") != std::string::npos) name = "hyper-v";
  // Amazon's bare-metal machines carry the same vendor.
  if (!name.empty() && (name != "amazon" || has_hypervisor_flag(tree))) return name;
  if (const auto type = tree.line("sys/hypervisor/type")) return *type;
  for (const char* folder : {"proc/device-tree", "sys/firmware/devicetree/base"}) {
    const auto compatible = tree.line(std::string(folder) + "/hypervisor/compatible");
    if (compatible) return compatible->find("kvm") != std::string::npos ? "kvm" : trimmed(*compatible);
  }
  if (!has_hypervisor_flag(tree)) return {};
  name = first_sign(tree.line("sys/devices/system/clocksource/clocksource0/available_clocksource").value_or(""),
                    kClockSigns);
  return name.empty() ? "hypervisor" : name;
}

std::string read_container(const SystemTree& tree) {
  if (std::string named = environment_container(tree); !named.empty()) return named;
  if (const auto written = tree.line("run/systemd/container")) return *written;
  if (tree.exists("run/.containerenv")) return "podman";
  if (tree.exists(".dockerenv")) return "docker";
  const std::string first_process = first_sign(tree.text("proc/1/cgroup").value_or(""), kContainerSigns);
  return first_process.empty() ? first_sign(root_mount_options(tree), kContainerSigns) : first_process;
}

}  // namespace qbench
