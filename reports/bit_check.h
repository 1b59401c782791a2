// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reports/record_reader.h"

namespace qbench::reports {

/// Do the same integer model and the same images give the same outputs in two runs, on two boards or two runtimes?
struct BitCheck {
  std::string cell;          ///< id in the first run
  std::string other_cell;    ///< id in the second run
  std::string not_compared;  ///< why there is no answer; empty when there is one

  std::int64_t images = 0;     ///< that both classified
  std::int64_t flips = 0;      ///< images whose top-1 class differs
  std::int64_t different = 0;  ///< images that differ in any output that was kept
  bool all_outputs = false;    ///< every score was compared; otherwise the five best of each image
  std::string first_image;     ///< the first that differs, by name; empty when none does
  std::string first_class;     ///< its top-1 class in the first run
  std::string other_class;     ///< and in the second

  [[nodiscard]] bool identical() const noexcept { return not_compared.empty() && different == 0; }
  [[nodiscard]] double flip_rate() const noexcept { return images > 0 ? double(flips) / double(images) : 0.0; }
};

/// One check for each integer model (int8, uint8, 16x8) of `first` that `second` holds too, by SHA-256, with the same
/// runner, kernels and threads asked for. Runs on other images (dataset or recipe differ) give a check that says so.
/// Reads prediction and score files inside the two result folders; a bad one is a reason, never a throw.
[[nodiscard]] std::vector<BitCheck> bit_checks(const StoredRun& first, const StoredRun& second);

/// "bit-exact on 2000 images (every output)", "3 of 2000 images change their class (0.15 %), first 'a.png': cat, dog".
[[nodiscard]] std::string bit_check_text(const BitCheck& check);

}  // namespace qbench::reports
