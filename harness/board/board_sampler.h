// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/board.h"
#include "core/board_sample.h"
#include "core/system_tree.h"
#include "harness/board/thermal_reader.h"

namespace qbench {

/// Takes snapshots of what changes on a board. Knows the files to read from the start, so that a snapshot costs some
/// ten microseconds per file and no search. Call it between blocks, never inside the clock. One thread at a time.
class BoardSampler {
 public:
  explicit BoardSampler(const Board& board, const std::filesystem::path& root = "/");

  /// Files that have gone or refuse since the start leave no entry. Never throws for them.
  [[nodiscard]] BoardSample sample() const;
  /// The time and the energy meters alone, for readings close round a block.
  [[nodiscard]] BoardSample sample_meters() const;

 private:
  using NamedPath = std::pair<std::string, std::string>;

  SystemTree tree_;
  std::vector<NamedPath> frequencies_;
  std::vector<NamedPath> temperatures_;
  std::vector<EnergyMeter> meters_;
  std::string firmware_throttle_path_;
  ThrottleCounterPaths throttle_counters_;
};

}  // namespace qbench
