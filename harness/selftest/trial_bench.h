// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/metrics/paired_latency.h"
#include "core/scratch_folder.h"
#include "harness/engine/image_store.h"
#include "harness/engine/lane.h"
#include "harness/engine/model_check.h"
#include "harness/engine/plan.h"

namespace qbench::selftest {

/// One comparison of a model with itself.
struct Trial {
  double planted_share = 0.0;  ///< slow-down that was asked for, as a fraction; 0: an A/A comparison
  double planted = 0.0;        ///< ln of the slow-down that the extra work really was, measured inside the process
  metrics::LatencyVerdict verdict;
  double seconds = 0.0;       ///< of the timed rounds, restarts included
  double load_ratio = 0.0;    ///< ln of the second lane's load time over the first's
  double memory_ratio = 0.0;  ///< ln of the second lane's peak memory over the first's
};

/// Compares a model with itself again and again, each time in fresh worker processes and by the very procedure of a
/// run: calibration, drawn order, restarts, looks, verdict. Main thread only.
class TrialBench {
 public:
  /// Loads the model once, makes the noise images that it is fed with and measures how fast it and the planted work
  /// are. `worker` is the qbench-worker program. Throws Error with the worker's reason when the model cannot run.
  TrialBench(engine::CellPlan cell, const engine::RunSettings& settings, std::filesystem::path worker);

  /// One comparison; `planted_share` >= 0 is the slow-down of the second side as a fraction. Throws Error(kRuntime)
  /// when a worker fails. An interruption cuts the rounds short.
  [[nodiscard]] Trial run(double planted_share, std::uint64_t seed);

  /// What was taken to be so of the model's tensors, one line each.
  [[nodiscard]] const std::vector<std::string>& assumptions() const noexcept { return feed_.view.assumptions; }
  [[nodiscard]] double invoke_ms() const noexcept { return invoke_ns_ / 1e6; }

 private:
  void check_model_file();
  void find_classifier(const LaneRecord& loaded);
  [[nodiscard]] std::unique_ptr<engine::Lane> lane() const;
  [[nodiscard]] std::unique_ptr<engine::Lane> ready_lane() const;

  engine::CellPlan cell_;
  engine::RunSettings settings_;
  std::filesystem::path worker_;
  std::optional<int> latency_cpu_;
  ScratchFolder folder_;
  std::filesystem::path repaired_;  // what lanes load in place of the cell's model; empty: that itself
  engine::ModelFacts facts_;
  std::unique_ptr<engine::ImageStore> images_;
  engine::Feed feed_;
  double invoke_ns_ = 0.0;
  double unit_ns_ = 0.0;  // of planted work
};

}  // namespace qbench::selftest
