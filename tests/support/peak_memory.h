// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace qbench::testing {

/// A line of /proc/self/status, in bytes; 0 without it.
inline std::int64_t status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::stoll(line.substr(key.size() + 1)) * 1024;
  }
  return 0;
}

/// Bytes by which this process grows beyond what it has, at most, while it does `work`.
template <typename Work>
std::int64_t peak_growth(const Work& work) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak is what there is now
  const std::int64_t before = status_bytes("VmRSS");
  work();
  return status_bytes("VmHWM") - before;
}

}  // namespace qbench::testing
