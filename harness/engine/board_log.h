// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <vector>

#include "core/board_sample.h"
#include "core/record.h"
#include "harness/board/board_sampler.h"
#include "harness/engine/channel.h"

namespace qbench::engine {

/// What the board did during a run: samples taken between blocks, never while a worker is inside its clock. Main
/// thread only.
class BoardLog {
 public:
  /// `root` is where /proc and /sys are looked for; another one is a recorded tree.
  BoardLog(Board board, const std::filesystem::path& root, Clock::time_point run_start,
           std::chrono::milliseconds interval = std::chrono::milliseconds(250));

  /// Takes a sample unless the last one is younger than the interval.
  void tick();
  /// Takes a sample in any case: at the ends of a phase.
  void sample_now();
  /// The energy meters alone; empty maps without one. Costs one or two file reads a meter.
  [[nodiscard]] BoardSample read_meters() const { return sampler_.sample_meters(); }

  /// What the samples from `from_s` to `to_s` (seconds since the start of the run) prove, their neighbours on both
  /// sides included.
  [[nodiscard]] Disturbance disturbance(double from_s, double to_s) const;
  /// The samples between two times.
  [[nodiscard]] std::vector<BoardSample> between(double from_s, double to_s) const;

  [[nodiscard]] const Board& board() const noexcept { return board_; }
  [[nodiscard]] const std::vector<BoardPoint>& series() const noexcept { return series_; }
  /// What one sample costs on this board, in microseconds, mean over the series.
  [[nodiscard]] double sample_cost_us() const noexcept;

 private:
  [[nodiscard]] double seconds(Clock::time_point time) const;

  Board board_;
  BoardSampler sampler_;
  Clock::time_point run_start_;
  std::chrono::milliseconds interval_;
  std::optional<Clock::time_point> last_;
  std::vector<BoardPoint> series_;
  double cost_s_ = 0.0;  // of all samples
};

}  // namespace qbench::engine
