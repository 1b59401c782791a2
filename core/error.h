// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace qbench {

/// What kind of thing went wrong; decides the exit code and, inside a cell, the cell's status.
enum class ErrorCode {
  kUsage,          ///< a command line that cannot be obeyed
  kConfig,         ///< a config or recipe file with an unknown key, wrong type or contradiction
  kModel,          ///< a model file that is missing, damaged or not a classifier
  kDataset,        ///< a dataset that is missing, empty or inconsistent
  kUnsupported,    ///< a valid request that this runner, device or model cannot do (a result, not a fault)
  kRuntime,        ///< a runtime library failed while doing something it claims to support
  kOutOfMemory,    ///< an allocation failed or a memory limit was reached
  kDevice,         ///< a device is absent, busy or lost
  kIo,             ///< a file or folder cannot be read or written
  kNotComparable,  ///< two records that must not be compared
};

/// The one exception type for "cannot go on". The message is one line that says what happened, to which file or
/// device, and what to do about it. Expected outcomes are values, never this.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  template <typename... Args>
  Error(ErrorCode code, fmt::format_string<Args...> format, Args&&... args)
      : Error(code, fmt::format(format, std::forward<Args>(args)...)) {}

  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// The program's exit codes (documented in docs/design.md).
enum class ExitCode : int { kDone = 0, kCellFailed = 1, kUsage = 2, kGateMissed = 3, kNotComparable = 4 };

/// The exit code for an error that ends the program: kNotComparable maps to 4, everything else to 2.
[[nodiscard]] constexpr ExitCode exit_code(ErrorCode code) noexcept {
  return code == ErrorCode::kNotComparable ? ExitCode::kNotComparable : ExitCode::kUsage;
}

}  // namespace qbench
