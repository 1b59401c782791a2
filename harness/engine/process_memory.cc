// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/process_memory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "core/cgroup_limits.h"
#include "core/files.h"

namespace qbench::engine {
namespace {

/// The number after `key` in a file of "key value" lines; 0 when absent.
std::int64_t number_after(const char* path, std::string_view key) {
  std::ifstream in(path);
  std::string line;
  while (std::getline(in, line)) {
    if (line.starts_with(key)) return std::strtoll(line.c_str() + key.size(), nullptr, 10);
  }
  return 0;
}

}  // namespace

ProcessMemory process_memory() {
  return {number_after("/proc/self/status", "VmRSS:") * 1024, number_after("/proc/self/status", "VmHWM:") * 1024};
}

bool reset_peak_memory() {
  // Kept open: an enclosed worker cannot open it again. A forked child needs its own.
  static UniqueFd file;
  static pid_t owner = 0;
  if (owner != ::getpid()) {
    file = UniqueFd(::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC));
    owner = ::getpid();
  }
  return file && ::write(file.get(), "5", 1) == 1;
}

std::int64_t available_memory() { return number_after("/proc/meminfo", "MemAvailable:") * 1024; }

std::int64_t memory_limit_bytes([[maybe_unused]] int limit_mb) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return 0;  // sanitizers reserve terabytes: any limit would end the process at its start
#else
  if (limit_mb > 0) return static_cast<std::int64_t>(limit_mb) << 20;
  const auto container = static_cast<std::int64_t>(
      std::min<std::uint64_t>(read_cgroup_limits(SystemTree()).memory_bytes.value_or(INT64_MAX), INT64_MAX));
  return std::min(available_memory(), container) / 4 * 3;
#endif
}

std::int64_t oom_kill_count() { return number_after("/proc/vmstat", "oom_kill "); }

}  // namespace qbench::engine
