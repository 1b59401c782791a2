// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/run.h"

#include <memory>
#include <set>

#include "harness/engine/accuracy_phase.h"
#include "harness/engine/batch_timing.h"
#include "harness/engine/cell_log.h"
#include "harness/engine/cell_state.h"
#include "harness/engine/description.h"
#include "harness/engine/descriptor_limit.h"
#include "harness/engine/image_store.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/isolation_remarks.h"
#include "harness/engine/latency_cpu.h"
#include "harness/engine/process_memory.h"
#include "harness/engine/recipes.h"
#include "harness/engine/sustained.h"
#include "harness/engine/worker_program.h"

namespace qbench::engine {
namespace {

class Run {
 public:
  Run(const Plan& plan, const RunContext& context, std::optional<int> latency_cpu)
      : plan_(plan),
        context_(context),
        log_(context.folder / "cells.jsonl"),
        state_{.plan = plan,
               .progress = *context.progress,
               .log = log_,
               .launch = {.executable = context.worker,
                          .memory_limit_bytes = memory_limit_bytes(plan.settings.memory_limit_mb),
                          .environment = plan.settings.worker_env},
               .latency_cpu = latency_cpu,
               .start = Clock::now(),
               .probe_accelerators = context.probe_accelerators} {
    if (context.board == nullptr) return;
    board_.emplace(*context.board, context.board_root, state_.start);
    state_.board = &*board_;
  }

  std::vector<CellRecord> settle() {
    make_room_for_cells(plan_.cells.size());
    identify();
    describe_cells();
    settle_recipes(cells_, state_, context_.dataset);
    std::vector<CellRecord> records;
    for (CellState& cell : cells_) records.push_back(std::move(cell.record));
    return records;
  }

  RunResult run() {
    make_room_for_cells(plan_.cells.size());
    inspect_workers();
    identify();
    describe_cells();
    settle_recipes(cells_, state_, context_.dataset);
    open_images();
    if (images_->load_chunk(0, state_.progress)) {
      identify_images();
      std::optional<AccuracyPhase> accuracy;
      if (plan_.settings.accuracy && context_.dataset != nullptr) accuracy.emplace(state_, *images_, context_, cells_);
      if (plan_.settings.latency) {
        measure_latency(state_, cells_, *images_,
                        [&accuracy](double share) { return accuracy && accuracy->evaluate_share(share); });
      }
      if (plan_.settings.sustain_s > 0.0) measure_sustained(state_, *images_, cells_);
      if (accuracy) result_.predictions = accuracy->finish();
    }
    return finish();
  }

 private:
  void inspect_workers() {
    result_.record.workers.push_back(inspect_worker(context_.worker));
    std::set<std::filesystem::path> seen{std::filesystem::path()};
    for (const CellPlan& cell : plan_.cells) {
      if (seen.insert(cell.worker).second) result_.record.workers.push_back(inspect_worker(cell.worker));
    }
  }

  /// Which board and which samples; what is in the images follows when they have been decoded.
  void identify() {
    if (context_.board != nullptr) {
      const Board& board = *context_.board;
      state_.board_identity = fmt::format("{}, {} {}", board.id, board.cpu.architecture, board.cpu.model);
    }
    state_.dataset_identity = dataset_selection(context_.dataset, "");
  }

  /// A set that is streamed is not read before it is needed: then sizes and times of its files have to do.
  void identify_images() {
    if (context_.dataset == nullptr) return;
    if (images_->chunks() > 1) {
      const std::string root = plan_.dataset ? plan_.dataset->path.string() : std::string();
      state_.dataset_identity = dataset_selection(context_.dataset, root);
      return;
    }
    DatasetRecord decoded;
    images_->describe(decoded);
    state_.dataset_identity += ", content " + decoded.sha256;
  }

  /// Of the dataset; 0 without one.
  [[nodiscard]] int classes() const {
    return context_.dataset != nullptr ? static_cast<int>(context_.dataset->class_names().size()) : 0;
  }

  void describe_cells() {
    state_.progress.begin("loading models", plan_.cells.size());
    for (const CellPlan& plan : plan_.cells) {
      cells_.push_back(describe_cell(state_, plan, classes()));
      state_.progress.advance(cells_.size());
    }
    state_.progress.end();
  }

  void open_images() {
    std::vector<PixelNeed> needs;
    for (const CellState& cell : cells_) {
      if (cell.described()) needs.push_back({cell.record.recipe, cell.shape});
    }
    images_ = std::make_unique<ImageStore>(context_.dataset, context_.folder, plan_.settings, std::move(needs));
  }

  RunResult finish() {
    Record& record = result_.record;
    record.name = plan_.name;
    record.seed = plan_.settings.seed;
    record.warnings = log_.warnings();
    record.partial = interrupted();
    if (context_.dataset != nullptr) {
      record.dataset = DatasetRecord();
      record.dataset->kind = context_.dataset->kind();
      record.dataset->class_names = context_.dataset->class_names();
      record.dataset->class_order = context_.dataset->facts().class_order;
      record.dataset->notes = context_.dataset->facts().notes;
      images_->describe(*record.dataset);
      if (plan_.settings.accuracy) {
        for (std::string& warning : images_->warnings()) record.warnings.push_back(std::move(warning));
      }
    }
    if (board_) {
      record.board_series = board_->series();
      record.board_sample_us = board_->sample_cost_us();
    }
    for (CellState& cell : cells_) record.cells.push_back(std::move(cell.record));
    remark_isolation(record, state_.progress);
    return std::move(result_);
  }

  const Plan& plan_;
  const RunContext& context_;
  CellLog log_;
  std::optional<BoardLog> board_;
  RunState state_;
  std::vector<CellState> cells_;
  std::unique_ptr<ImageStore> images_;
  RunResult result_;
};

}  // namespace

std::vector<CellRecord> settle_plan(const Plan& plan, const RunContext& context) {
  return Run(plan, context, std::nullopt).settle();
}

RunResult run_plan(const Plan& plan, const RunContext& context) {
  return Run(plan, context, latency_cpu(plan.settings)).run();
}

}  // namespace qbench::engine
