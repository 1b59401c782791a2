// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "core/classifier_view.h"
#include "core/record.h"
#include "harness/engine/accelerator_watch.h"
#include "harness/engine/board_log.h"
#include "harness/engine/energy_count.h"
#include "harness/engine/file_watch.h"
#include "harness/engine/plan.h"
#include "harness/engine/worker_process.h"

namespace qbench::engine {

/// What a worker needs before it can run: its cell, batch and limits.
struct LaneContext {
  const CellPlan* cell = nullptr;
  const RunSettings* settings = nullptr;
  std::filesystem::path model{};  ///< the cell's model after repair; empty: as it is
  WorkerLaunch launch;
  std::optional<int> latency_cpu;  ///< where its workers stay when fits_one_cpu()
  Clock::time_point run_start;
  AcceleratorProbe probe_accelerators = nullptr;  ///< may be empty
  FileWatch* watch = nullptr;                     ///< of the files that its workers load; null: none is watched
  const BoardLog* board = nullptr;                ///< for energy readings round the blocks; null: none
};

/// The images that a lane is fed with: a tensor cache, the recipe that turns its pixels into values, and where in the
/// model's tensors these and the scores are.
struct Feed {
  std::filesystem::path cache;
  Recipe recipe;
  ClassifierView view;
};

/// How many invokes a block drops and then times.
struct BlockSize {
  int dropped = 0;
  int timed = 0;
};

/// The request that gives a worker its images.
[[nodiscard]] nlohmann::json attach_request(const Feed& feed);
/// The request that loads a cell's model at a batch size.
[[nodiscard]] nlohmann::json lane_load_request(const LaneContext& context, int batch);

/// One cell at one batch size, in a worker process of its own. Fills a LaneRecord; the first failure ends the lane and
/// stays in the record: whatever is asked of it then fails at once. Between its blocks the worker is paused.
class Lane {
 public:
  Lane(LaneContext context, int batch);

  /// Starts a worker and loads the model. Returns false when the lane has failed.
  bool load();
  /// Gives the images and runs the first inference.
  bool warm_up(Feed feed);
  /// One long block, to see how long this model takes to settle after a switch: 1 s or 160 invokes at most, and about
  /// `seconds` (one invoke in any case). Call it in turn with other lanes, a few times, then settle_block_size(), which
  /// sets how many invokes a block drops and times; without one it goes by the first inference.
  bool run_calibration_block(double seconds = 1.0);
  void settle_block_size();
  [[nodiscard]] BlockSize block_size() const noexcept { return {record_.dropped, record_.timed}; }
  /// Makes the block smaller where it would last longer than RunSettings::max_block_seconds.
  void set_block_size(BlockSize size);
  /// Makes it last no longer than `seconds` too, as far as a dropped and a timed invoke allow.
  void shorten_block(double seconds);
  /// The least that a block can be: one timed invoke, right after the first inference or the last block.
  void time_one_invoke() noexcept {
    record_.dropped = 0;
    record_.timed = 1;
  }
  /// A rough figure for one invoke of the whole batch, from the calibration.
  [[nodiscard]] double invoke_ns() const noexcept { return invoke_ns_; }
  /// What one short block takes, and what the last restart() took, its first inference included; before there was one,
  /// what the first start took.
  [[nodiscard]] double block_seconds() const noexcept { return invoke_ns_ * 1e-9 * (record_.dropped + record_.timed); }
  [[nodiscard]] double restart_seconds() const noexcept {
    return restart_s_ > 0.0 ? restart_s_ : (record_.load_ms + record_.first_invoke_ms) * 1e-3;
  }
  /// After how many rounds a fresh process is due; 0: never. RunSettings::restart_rounds, but no fewer than 20 with a
  /// delegate: its device may take seconds to come up, and its work does not depend on this process's memory.
  [[nodiscard]] int rounds_a_process() const noexcept;
  /// From now on every invoke is followed, inside its timed span, by this much real work (planted_work.h): a slow-down
  /// whose size is known, for self-tests.
  void plant_work(std::int64_t units) noexcept { planted_units_ = units; }
  /// ln of how much longer the planted work has made the timed invokes: from the medians with and without it over all
  /// blocks so far; 0 when nothing was planted.
  [[nodiscard]] double planted_log_ratio() const;
  /// One short block: resume, drop, time, pause. Called again in the same round it adds to that round's block.
  bool run_block(int round);
  /// As many invokes as fit into about `seconds`, one after the other and none dropped; the worker is not paused
  /// afterwards. Their times in nanoseconds, empty when the lane has failed. Nothing goes into the record.
  [[nodiscard]] std::vector<double> run_stretch(double seconds);
  /// A fresh process with the same settings: memory layout is a level of variation of its own.
  bool restart();
  /// Ends the worker; restart() begins again.
  void stop();
  [[nodiscard]] bool is_running() const noexcept { return worker_ != nullptr; }

  [[nodiscard]] bool ok() const noexcept { return record_.outcome.ok(); }
  [[nodiscard]] const LaneRecord& record() const noexcept { return record_; }
  /// Marks the lane as cut short by an interruption.
  void mark_partial() { record_.partial = true; }
  /// The time limit gives it no further round; `why` stays in the record.
  void cut_short(std::string why) { record_.cut_short = std::move(why); }
  [[nodiscard]] bool is_cut_short() const noexcept { return !record_.cut_short.empty(); }
  /// The record with the medians of the copy times filled in. An accelerator's lane ends its worker, to look at the
  /// device once more.
  [[nodiscard]] LaneRecord finished();
  [[nodiscard]] const CellPlan& cell() const noexcept { return *context_.cell; }

 private:
  /// False when the lane has failed, by this request or before.
  bool ask(const nlohmann::json& request, std::chrono::duration<double> timeout, std::string_view stage,
           AnswerReader read);
  [[nodiscard]] std::optional<BlockReply> ask_block(BlockSize size, std::chrono::duration<double> timeout,
                                                    std::string_view stage);
  void resume();
  /// Fails the lane when a file that its workers load is no longer the same.
  bool require_same_files();
  bool attach_and_run_first();
  void store_block(int round, double start_s, const BlockReply& block);
  [[nodiscard]] std::chrono::duration<double> block_timeout() const;

  LaneContext context_;
  AcceleratorWatch accelerator_;
  LaneRecord record_;
  Feed feed_;
  std::unique_ptr<WorkerProcess> worker_;
  int process_ = 0;
  std::int64_t planted_units_ = 0;
  double invoke_ns_ = 0.0;  // a rough figure, for block lengths and deadlines
  double restart_s_ = 0.0;
  std::vector<std::vector<double>> calibration_s_;
  EnergyCount energy_;
  std::vector<double> encode_ns_, copy_in_ns_, copy_out_ns_, cpu_ns_, planted_ns_;
};

}  // namespace qbench::engine
