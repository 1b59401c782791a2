// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "runners/runner.h"

namespace qbench::app {

/// A runner and whether it could run here.
struct RuntimeAvailability {
  std::string name;
  runners::Availability availability;
};

/// What `qbench probe` is asked.
struct ProbeCommandOptions {
  std::filesystem::path root = "/";           ///< another root is a recorded tree
  std::filesystem::path usb_ids;              ///< --usb-ids FILE
  std::string require;                        ///< --require FAMILY: exit 3 unless one is usable
  bool json = false;                          ///< --json: one object, or with watch one object per line
  bool watch = false;                         ///< --watch: print arrivals and departures until stop() is true
  bool init = false;                          ///< --init
  bool claim = false;                         ///< --claim
  std::vector<RuntimeAvailability> runtimes;  ///< asked by the caller
  std::function<bool()> stop;                 ///< for watch, e.g. "was Ctrl-C pressed"; empty: never
};

/// Prints board, runtimes and accelerators. Returns the exit code: 0, also without any accelerator, or 3 when what
/// `require` names is not usable. Throws Error(kUsage) for an unknown family, Error(kConfig) for a bad id table.
[[nodiscard]] int run_probe(const ProbeCommandOptions& options, std::ostream& out);

}  // namespace qbench::app
