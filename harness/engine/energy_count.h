// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/board_sample.h"

namespace qbench::engine {

/// Adds up what a board's meter shows over the blocks of one lane. The lanes take turns, so the meter is read directly
/// before and after each block: what lies between belongs to that lane alone, with everything else that the meter
/// covers (idle cores, memory, the board) in it.
class EnergyCount {
 public:
  /// A block of `seconds` with `images` run, dropped ones included.
  void add(const EnergySupport& support, const BoardSample& before, const BoardSample& after, double seconds,
           std::int64_t images);

  /// Joules per image, or none with the reason: no meter, or blocks that are short beside what the meter can resolve.
  /// A counter (RAPL) is written about once a millisecond: a mean block of twenty such steps is asked for. A meter of
  /// power shows a mean of the last tens to hundreds of milliseconds: half a second is asked for.
  [[nodiscard]] EnergyUse per_image(const EnergySupport& support) const;

 private:
  EnergyUse sum_;
  double joules_ = 0.0;
  double seconds_ = 0.0;
  std::int64_t images_ = 0;
  int blocks_ = 0;
  bool failed_ = false;
};

}  // namespace qbench::engine
