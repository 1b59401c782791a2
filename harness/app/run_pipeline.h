// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "harness/app/commands.h"
#include "harness/app/run_flags.h"
#include "harness/engine/plan.h"

namespace qbench::app {

/// Runs a plan from its flags to its reports, the same way for every subcommand: makes the result folder with plan.json
/// in it (or, with --resume, reads that plan back), measures, writes the reports and prints the table. `make_plan` is
/// not called with --resume. Returns the exit code; throws Error for what ends the run as a whole. Main thread only.
[[nodiscard]] int run_to_reports(const RunFlags& flags, const std::function<engine::Plan()>& make_plan,
                                 const GlobalOptions& global);

}  // namespace qbench::app
