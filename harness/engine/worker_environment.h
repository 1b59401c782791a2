// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qbench::engine {

/// The environment of a worker: of `parent` (a null-terminated list of NAME=VALUE) only what a library is loaded with
/// (LD_*), what qbench and the allocator read (QBENCH_*, MALLOC_*, GLIBC_TUNABLES), what threads are started with
/// (OMP_*, GOMP_*, KMP_*), what sanitizers and mocked devices need, and the names in `declared`, separated by commas.
/// No HOME, no PATH, no keys. The telemetry that some runtimes start by themselves is turned off.
[[nodiscard]] std::vector<std::string> worker_environment(const char* const* parent, std::string_view declared);

}  // namespace qbench::engine
