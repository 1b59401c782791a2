// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <set>
#include <string>

#include "harness/engine/settings.h"

namespace qbench::app {

/// The bounds of the processes that run models: the rows load_timeout_s, request_timeout_s and memory_limit_mb of a
/// run's settings, for commands that have none of its others.
struct LimitFlags {
  engine::RunSettings values;
  std::set<std::string> given;
};

void add_limit_flags(CLI::App& command, LimitFlags& flags);

/// Copies the three into `settings`. Throws Error(kConfig) for a value out of its row's range.
void apply_limits(const LimitFlags& flags, engine::RunSettings& settings);

}  // namespace qbench::app
