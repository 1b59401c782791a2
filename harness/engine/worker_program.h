// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/record.h"

namespace qbench::engine {

/// The qbench-worker program that belongs to this one: $QBENCH_WORKER, beside this program, or
/// <prefix>/libexec/qbench. Throws Error(kIo) naming the places.
[[nodiscard]] std::filesystem::path find_worker_executable();

/// The qbench-worker of another build, which is named by its qbench program, by its qbench-worker or by the folder that
/// it was installed into. The path is absolute. Throws Error(kIo) naming the places that were looked at.
[[nodiscard]] std::filesystem::path find_worker_of(const std::filesystem::path& program_or_prefix);

/// Starts the program, asks who it is and ends it. Throws Error(kIo) when it cannot be read or started or is no
/// qbench-worker, and Error(kUnsupported) when it speaks another protocol than this build. After an interruption only
/// path and hash are filled in. Main thread only.
[[nodiscard]] WorkerRecord inspect_worker(const std::filesystem::path& executable);

}  // namespace qbench::engine
