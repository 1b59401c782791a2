// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/sandbox/sandbox.h"

namespace qbench::testing {

/// What a child told.
struct ChildReport {
  std::vector<std::string> isolation;  ///< what apply() returned
  std::vector<std::string> results;    ///< what the body returned
  std::vector<std::string> refusals;
  std::string standard_error;
  int signal = 0;  ///< that ended it; 0: it came to its end
};

/// Runs `body` in a forked child that is enclosed by `policy`.
[[nodiscard]] ChildReport run_enclosed(const sandbox::Policy& policy,
                                       const std::function<std::vector<std::string>()>& body,
                                       const sandbox::KernelCalls& kernel = sandbox::kernel_calls());

/// "ok", or the errno's name: of the last call when `result` is negative.
[[nodiscard]] std::string result_name(long result);

}  // namespace qbench::testing
