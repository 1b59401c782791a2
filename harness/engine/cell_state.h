// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/scratch_folder.h"
#include "datasets/tensor_cache.h"
#include "harness/engine/cell_log.h"
#include "harness/engine/file_watch.h"
#include "harness/engine/lane.h"
#include "harness/engine/model_check.h"
#include "harness/engine/progress.h"

namespace qbench::engine {

/// A cell while its run goes on: its plan, the record that grows, and what its model turned out to be.
struct CellState {
  const CellPlan* plan = nullptr;
  CellRecord record;
  ModelFacts facts;
  std::vector<TensorSpec> inputs;  ///< of batch 1; empty when the cell cannot run
  std::vector<TensorSpec> outputs;
  ClassifierView view;  ///< how they are read
  datasets::PixelShape shape;
  RunnerRecord runner;  ///< what it really runs on, at batch 1
  std::string worker_sha256;
  std::string delegate_sha256;   ///< empty without a delegate, and for one that the loader finds by its name
  std::unique_ptr<Lane> loaded;  ///< the batch-1 lane of the description, until the latency phase takes it
  bool fits_dataset = false;     ///< outputs and classes meet
  double first_invoke_ms = 0.0;  ///< of batch 1, once it has run; 0: unknown

  [[nodiscard]] bool described() const noexcept { return !inputs.empty(); }
  /// Scores of an image, one a class.
  [[nodiscard]] std::size_t output_count() const noexcept { return view.scores.classes(); }
  [[nodiscard]] Feed feed(std::filesystem::path cache) const {
    return {.cache = std::move(cache), .recipe = record.recipe, .view = view};
  }
};

/// What every phase of a run needs. Borrowed parts live as long as the run.
struct RunState {
  const Plan& plan;
  Progress& progress;
  CellLog& log;
  WorkerLaunch launch;
  std::optional<int> latency_cpu;  ///< see LaneContext
  Clock::time_point start;
  AcceleratorProbe probe_accelerators;
  BoardLog* board = nullptr;
  std::unique_ptr<ScratchFolder> scratch{};                        ///< of repaired models; made when there is one
  std::map<std::string, std::filesystem::path> repaired_models{};  ///< by cell id
  std::map<std::string, std::unique_ptr<FileWatch>> watches{};     ///< by cell id, of what its workers load
  std::map<std::filesystem::path, std::string> program_hashes{};   ///< of workers
  std::string board_identity{};                                    ///< parts of every binding
  std::string dataset_identity{};

  [[nodiscard]] LaneContext lane_context(const CellPlan& cell) const {
    LaneContext context{.cell = &cell,
                        .settings = &plan.settings,
                        .launch = launch,
                        .latency_cpu = latency_cpu,
                        .run_start = start,
                        .probe_accelerators = probe_accelerators,
                        .board = board};
    if (!cell.worker.empty()) context.launch.executable = cell.worker;
    if (const auto repaired = repaired_models.find(cell.id); repaired != repaired_models.end()) {
      context.model = repaired->second;
    }
    if (const auto watch = watches.find(cell.id); watch != watches.end()) context.watch = watch->second.get();
    return context;
  }
  /// Since the start of the run.
  [[nodiscard]] double seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }
  /// Puts "throttled" and "disturbed" into a record that has tags when the board's samples since `from_s` prove it.
  template <typename Tagged>
  void tag(Tagged& record, double from_s) const {
    if (board == nullptr) return;
    const Disturbance found = board->disturbance(from_s, seconds());
    if (found.throttled) record.tags.emplace_back("throttled");
    if (found.disturbed) record.tags.emplace_back("disturbed");
    record.tag_reasons = found.reasons;
  }
  /// Writes the repaired model, when there is one, to where lanes of this cell load it from. Throws Error(kIo).
  void keep_repaired(const CellPlan& cell, ModelFacts& facts);
  /// Keeps a finished lane in the cell's record and, unless it was interrupted or failed in a way that can pass, in the
  /// log.
  void store_lane(CellState& cell, LaneRecord lane);
  /// Takes a lane that was finished before into the cell's record.
  void take_lane(CellState& cell, const LaneRecord& lane);
  /// One line for the user about a piece that failed; `where` adds to the cell's name (", batch 64").
  void note_failure(const CellState& cell, const Outcome& outcome, std::string_view where = "");
};

}  // namespace qbench::engine
