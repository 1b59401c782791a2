// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.h"

namespace qbench::app {

/// The exit code for an error that ends a program: as for a cell of a run, 1 where a runtime failed, memory ran out or
/// the user interrupted; else exit_code().
[[nodiscard]] constexpr ExitCode program_exit(ErrorCode code) noexcept {
  const bool failed = code == ErrorCode::kRuntime || code == ErrorCode::kOutOfMemory;
  return failed ? ExitCode::kCellFailed : exit_code(code);
}

}  // namespace qbench::app
