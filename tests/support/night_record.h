// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/record.h"
#include "reports/record_reader.h"

namespace qbench::testing {

/// A night of a nightly run as it could have been, the same on every machine for the same seed.
struct NightPlan {
  std::uint64_t seed = 1;
  std::int64_t created = 1767225600;  ///< seconds since 1970; 2026-01-01
  int models = 1;                     ///< each with the cells reference, again and candidate
  int batches = 1;                    ///< 1, 2, 4 ...
  int rounds = 40;
  int timed = 8;
  double slower = 0.0;          ///< 0.02: the candidate takes 2 % longer
  double machine = 1.0;         ///< all times are multiplied with it
  double noise = 0.004;         ///< standard deviation of a sample, relative
  double busy = 0.0;            ///< share of the samples that something else made longer
  double between = 0.0;         ///< standard deviation of the whole lane, relative: another process, another layout
  int images = 0;               ///< evaluated; 0: no accuracy
  int candidate_errors = 0;     ///< images that the candidate has wrong and the reference right
  std::string board = "board";  ///< Board::name
};

[[nodiscard]] Record night_record(const NightPlan& plan);
/// The same with predictions, as a result folder would be read.
[[nodiscard]] reports::StoredRun night_run(const NightPlan& plan);

}  // namespace qbench::testing
