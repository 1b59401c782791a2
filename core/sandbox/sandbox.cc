// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/sandbox.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "core/sandbox/landlock.h"
#include "core/sandbox/refusals.h"
#include "core/sandbox/seccomp_filter.h"
#include "core/system_tree.h"

namespace qbench::sandbox {
namespace {

using Paths = std::vector<std::filesystem::path>;

constexpr rlim_t kMostDescriptors = 256;

/// What tells a runtime about the machine. Without it TensorFlow Lite falls back to kernels that are 30 times slower.
constexpr std::array kAboutTheMachine = {"/proc/cpuinfo",
                                         "/proc/meminfo",
                                         "/proc/stat",
                                         "/proc/version",
                                         "/proc/sys/vm/overcommit_memory",
                                         "/proc/self",
                                         "/proc/cgroups",
                                         "/sys/devices/system",
                                         "/sys/fs/cgroup",
                                         "/sys/kernel/mm/transparent_hugepage",
                                         "/dev/urandom",
                                         "/dev/random",
                                         "/etc/localtime",
                                         "/usr/share/zoneinfo"};

/// Where shared libraries lie, and how they are found.
constexpr std::array kLibraries = {"/lib",           "/lib32",           "/lib64",
                                   "/usr/lib",       "/usr/lib32",       "/usr/lib64",
                                   "/usr/local/lib", "/etc/ld.so.cache", "/etc/ld.so.preload"};

/// Folders of the machine's devices: what a runtime looks up about a device before it opens the node.
constexpr std::array kAboutDevices = {"/sys/bus", "/sys/class", "/sys/dev", "/sys/devices", "/run/udev"};

constexpr std::array kNullDevices = {"/dev/null", "/dev/zero"};

template <std::size_t Count>
void append(Paths& paths, const std::array<const char*, Count>& more) {
  paths.insert(paths.end(), more.begin(), more.end());
}

Paths readable_paths(const Policy& policy) {
  Paths paths = policy.readable;
  append(paths, kAboutTheMachine);
  if (policy.may_fork) paths.emplace_back("/proc");  // "self" of a child is another folder
  if (policy.loads_libraries) {
    append(paths, kLibraries);
    const char* extra = std::getenv("LD_LIBRARY_PATH");
    for (std::string& folder : words_of(extra != nullptr ? extra : "", ":;")) paths.emplace_back(std::move(folder));
  }
  if (!policy.devices.empty()) append(paths, kAboutDevices);
  return paths;
}

bool enclose_files(const Policy& policy, int abi, const KernelCalls& kernel) {
  const Paths readable = readable_paths(policy);
  Paths devices = policy.devices;
  append(devices, kNullDevices);
  return restrict_files({.readable = readable, .writable = policy.writable, .devices = devices}, abi, kernel);
}

void lower_limit(decltype(RLIMIT_CORE) resource, rlim_t most) {
  rlimit limit{};
  if (::getrlimit(resource, &limit) != 0) return;
  limit.rlim_max = std::min(limit.rlim_max, most);
  limit.rlim_cur = std::min(limit.rlim_cur, limit.rlim_max);
  (void)::setrlimit(resource, &limit);
}

void lower_limits(const Policy& policy) {
  lower_limit(RLIMIT_CORE, 0);
  lower_limit(RLIMIT_NOFILE, kMostDescriptors);
  (void)std::signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit fails with EFBIG instead
  lower_limit(RLIMIT_FSIZE, static_cast<rlim_t>(policy.largest_file));
}

bool close_range(unsigned first, unsigned last) {
  if (first > last) return true;
#ifdef SYS_close_range
  return ::syscall(SYS_close_range, first, last, 0U) == 0;
#else
  return false;
#endif
}

/// The gaps between those that are kept.
bool close_others(std::vector<int> kept) {
  std::ranges::sort(kept);
  unsigned next = STDERR_FILENO + 1;
  bool closed = true;
  for (const int fd : kept) {
    if (fd < 0 || static_cast<unsigned>(fd) < next) continue;
    closed = close_range(next, static_cast<unsigned>(fd) - 1) && closed;
    next = static_cast<unsigned>(fd) + 1;
  }
  return close_range(next, ~0U) && closed;
}

/// Of root's powers those are left that reading files and steady timing need.
bool drop_capabilities() {
  constexpr std::uint32_t kKept = (1U << CAP_DAC_READ_SEARCH) | (1U << CAP_IPC_LOCK) | (1U << CAP_SYS_NICE);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return false;
  for (__user_cap_data_struct& set : sets) {
    const std::uint32_t kept = &set == sets.data() ? kKept : 0;
    set.permitted &= kept;
    set.effective &= kept;
    set.inheritable = 0;
  }
  return ::syscall(SYS_capset, &header, sets.data()) == 0;
}

/// The leak checker of an instrumented build traces its own process at the end, which the filter would refuse.
bool is_instrumented() {
#ifdef __SANITIZE_ADDRESS__
  return true;
#else
  return false;
#endif
}

bool names(std::span<const std::string> isolation, std::string_view part) {
  return std::ranges::any_of(isolation, [part](const std::string& held) { return held.starts_with(part); });
}

}  // namespace

std::vector<std::string> apply(const Policy& policy, const KernelCalls& kernel) {
  std::vector<std::string> held;
  const auto note = [&held](bool holds, std::string what) {
    if (holds) held.push_back(std::move(what));
    return holds;
  };
  note(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
  if (::geteuid() == 0) note(drop_capabilities(), "capabilities");
  if (!policy.keeps_descriptors) note(close_others(policy.kept_descriptors), "descriptors");
  lower_limits(policy);
  note(true, "rlimits");
  const int abi = landlock_abi(kernel);
  const bool files = note(abi > 0 && enclose_files(policy, abi, kernel), fmt::format("landlock abi {}", abi));
  const FilterOptions filter{.self = ::getpid(),
                             .may_fork = policy.may_fork,
                             .may_open_write = files || !policy.devices.empty() || !policy.writable.empty(),
                             .device_events = policy.device_events};
  set_enclosed(policy.may_fork);
  note(!is_instrumented() && filter_calls(filter, kernel), "seccomp");
  return held;
}

bool close_descriptors_above(int last) { return close_range(static_cast<unsigned>(last) + 1, ~0U); }

std::vector<std::string> missing_parts(std::span<const std::string> isolation) {
  std::vector<std::string> missing;
  for (const char* part : {"landlock", "seccomp"}) {
    if (!names(isolation, part)) missing.emplace_back(part);
  }
  return missing;
}

}  // namespace qbench::sandbox
