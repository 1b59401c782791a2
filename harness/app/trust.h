// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "harness/app/run_flags.h"
#include "harness/engine/plan.h"

namespace qbench::app {

/// For the plan that lies in a result folder, which may come from anywhere: the programs, runtime libraries and
/// delegates that it names run with all rights of the user. Those that the command line names as well are taken, and
/// libraries by a bare name, which the loader finds in the system's places. Others are taken with --trust when they
/// lie outside the folder, and never when they lie in it. A plan that opens the workers' sandbox needs --trust, too.
/// Models and images are data. Throws Error(kUsage) with the
/// first that is not taken and what to type.
void require_trust(const engine::Plan& plan, const std::filesystem::path& folder, const RunFlags& flags);

}  // namespace qbench::app
