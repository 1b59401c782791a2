// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/record.h"
#include "harness/engine/progress.h"

namespace qbench::engine {

/// Tells what the runtimes of each cell tried and were refused (a warning of the cell), and, once for the run, what the
/// sandbox lacks on this machine. Also to `progress`.
void remark_isolation(Record& record, Progress& progress);

}  // namespace qbench::engine
