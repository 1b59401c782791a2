// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/app/run_flags.h"
#include "harness/engine/plan.h"

namespace qbench::app {

/// What one side of a live comparison has for itself; empty: the same as the other.
struct SideFlags {
  std::string binary;               ///< a qbench program or the folder that it was installed into
  std::vector<std::string> models;  ///< FILE or NAME=FILE
  std::string library;              ///< runtime library
};

struct LiveFlags {
  SideFlags a;         ///< the reference
  SideFlags b;         ///< the candidate
  bool again = false;  ///< run the reference once more: what no change looks like
};

/// --binary-a, --model-a, --library-a and their counterparts, and --again. `flags` must outlive the parse.
void add_live_flags(CLI::App& command, LiveFlags& flags);

/// Whether any of them was given.
[[nodiscard]] bool any_given(const LiveFlags& flags);

/// A plan with the cells of the reference first, then (with `again`) the same once more, then the candidate's: one run
/// times all of them interleaved. Models of two sets are paired by name or, when the names differ, by their order.
/// Throws Error: kUsage when the sets cannot be paired, kIo or kUnsupported when a side's qbench-worker is missing or
/// speaks another protocol, and what plan_from_flags() throws.
[[nodiscard]] engine::Plan live_plan(const RunFlags& flags, const LiveFlags& live);

}  // namespace qbench::app
