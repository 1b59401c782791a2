// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "harness/app/run_flags.h"

namespace qbench::app {

/// `qbench compare A B` over two results that were stored before.
struct StoredFlags {
  std::vector<std::string> records;  ///< the reference and the candidate: result folders or report.json files
  bool force = false;                ///< go on where the two are not comparable, and mark the output
  bool json = false;                 ///< print report.json instead of the table
};

/// Compares two stored results, prints the table and, with flags.output, writes reports: into a folder, or one file
/// whose extension names the format. Returns 0, 3 when a gate was missed or 4 when the two are not comparable, after
/// printing every reason. Throws Error(kUsage, kIo, kConfig) on inputs that cannot be read or are one and the same.
[[nodiscard]] int compare_stored_results(const StoredFlags& stored, const RunFlags& flags);

}  // namespace qbench::app
