// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace qbench::engine {

/// Resident and peak resident memory of this process in bytes, from /proc/self/status. Zero where the file is absent.
struct ProcessMemory {
  std::int64_t resident = 0;  ///< VmRSS
  std::int64_t peak = 0;      ///< VmHWM since the last reset
};
[[nodiscard]] ProcessMemory process_memory();

/// Sets VmHWM to VmRSS (writes 5 to /proc/self/clear_refs). Returns false where the kernel does not allow it; then the
/// peaks of later phases include the earlier ones.
bool reset_peak_memory();

/// Bytes that new allocations can use without swapping (MemAvailable); 0 when unknown.
[[nodiscard]] std::int64_t available_memory();

/// The RLIMIT_DATA of a process that may allocate `limit_mb`, or with 0 three quarters of what is available: to the
/// system and to this container. 0: no limit can be set, as under a sanitizer.
[[nodiscard]] std::int64_t memory_limit_bytes(int limit_mb);

/// The kernel's count of out-of-memory kills since boot (/proc/vmstat oom_kill); 0 when unknown.
[[nodiscard]] std::int64_t oom_kill_count();

}  // namespace qbench::engine
