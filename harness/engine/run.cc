// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/run.h"

#include <algorithm>
#include <memory>

#include "core/error.h"
#include "datasets/recipe_from_model.h"
#include "harness/engine/cell_log.h"
#include "harness/engine/evaluation.h"
#include "harness/engine/image_store.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/lane.h"
#include "harness/engine/latency_phase.h"
#include "harness/engine/model_check.h"
#include "harness/engine/process_memory.h"
#include "harness/engine/scores.h"

namespace qbench::engine {
namespace {

/// A cell while the run goes on.
struct CellState {
  const CellPlan* plan = nullptr;
  CellRecord record;
  ModelFacts facts;
  Outcome model_outcome;           ///< what our own reader says before any runtime sees the file
  std::vector<TensorSpec> inputs;  ///< of batch 1; empty when the cell cannot run
  std::vector<TensorSpec> outputs;
  datasets::PixelShape shape;
  std::unique_ptr<Lane> loaded;  ///< the lane of the first batch, kept from describe()
  // Accuracy.
  std::filesystem::path scores;
  EvaluationResult evaluated;
  std::size_t chunks_evaluated = 0;
  bool needs_evaluation = false;

  [[nodiscard]] bool described() const noexcept { return !inputs.empty(); }
  [[nodiscard]] std::size_t output_count() const noexcept { return outputs[0].element_count(); }
};

std::int64_t memory_limit_bytes(const RunSettings& settings) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // Sanitizers reserve terabytes; any limit would end the worker at its start.
  return settings.memory_limit_mb < 0 ? 1 : 0;
#else
  if (settings.memory_limit_mb > 0) return static_cast<std::int64_t>(settings.memory_limit_mb) << 20;
  return available_memory() / 4 * 3;
#endif
}

class Run {
 public:
  Run(const Plan& plan, const RunContext& context)
      : plan_(plan),
        context_(context),
        progress_(*context.progress),
        log_(context.folder / "cells.jsonl"),
        start_(Clock::now()) {
    launch_ = {.executable = context.worker, .memory_limit_bytes = memory_limit_bytes(plan.settings)};
    result_.record.name = plan.name;
    result_.record.seed = plan.settings.seed;
    result_.record.warnings = log_.warnings();
  }

  RunResult run() {
    describe_cells();
    settle_recipes();
    open_images();
    if (images_->load_chunk(0, progress_)) {
      if (plan_.settings.latency) measure_latency();
      if (plan_.settings.accuracy && context_.dataset != nullptr) measure_accuracy();
    }
    return finish();
  }

 private:
  [[nodiscard]] LaneContext lane_context(const CellState& cell) const {
    return {.cell = cell.plan, .settings = &plan_.settings, .launch = launch_, .run_start = start_};
  }

  // ---- what every cell is -------------------------------------------------------------------------------------

  void describe_cells() {
    progress_.begin("loading models", plan_.cells.size());
    for (const CellPlan& plan : plan_.cells) {
      cells_.push_back(describe(plan));
      progress_.advance(cells_.size());
    }
    progress_.end();
  }

  CellState describe(const CellPlan& plan) {
    CellState cell;
    cell.plan = &plan;
    CellRecord& record = cell.record;
    record.id = plan.id;
    record.variant = plan.variant;
    record.runner = plan.runner;
    record.kernels = kernels_name(plan.options.kernels);
    record.library = plan.options.library.string();
    record.delegate = plan.options.delegate.library.string();
    record.threads = plan.options.threads;
    record.model = file_facts(plan.model);
    cell.model_outcome = check_model(plan.model, cell.facts, record.model);
    record.warnings = cell.facts.warnings;
    if (!cell.model_outcome.ok()) {
      fail_all_lanes(cell, cell.model_outcome);
      return cell;
    }
    load_first_lane(cell);
    return cell;
  }

  void load_first_lane(CellState& cell) {
    auto lane = std::make_unique<Lane>(lane_context(cell), 1);
    if (lane->load()) {
      cell.inputs = lane->record().inputs;
      cell.outputs = lane->record().outputs;
      const std::vector<int>& shape = cell.inputs[0].shape;
      if (shape.size() == 4) cell.shape = {.height = shape[1], .width = shape[2], .channels = shape[3]};
      Outcome outcome = check_classifier(cell.inputs, cell.outputs);
      if (outcome.ok()) {
        cell.loaded = std::move(lane);
        return;
      }
      cell.inputs.clear();
      fail_all_lanes(cell, outcome);
      return;
    }
    fail_all_lanes(cell, lane->record().outcome, &lane->record());
  }

  /// What keeps batch 1 from loading keeps every batch.
  void fail_all_lanes(CellState& cell, const Outcome& outcome, const LaneRecord* seen = nullptr) {
    for (int batch : plan_.batches) {
      LaneRecord lane = seen != nullptr ? *seen : LaneRecord();
      lane.batch = batch;
      lane.outcome = outcome;
      store_lane(cell, std::move(lane));
    }
    note_failure(cell, outcome);
  }

  void note_failure(const CellState& cell, const Outcome& outcome) {
    progress_.note(fmt::format("{}: {}: {}", cell.record.id, status_name(outcome.status), outcome.reason));
  }

  // ---- recipes and images -------------------------------------------------------------------------------------

  [[nodiscard]] int class_count() const {
    return context_.dataset != nullptr ? static_cast<int>(context_.dataset->class_names().size()) : 0;
  }

  void settle_recipes() {
    Outcome last_mismatch;
    bool any_fits = false;
    for (CellState& cell : cells_) {
      if (!cell.described()) continue;
      settle_recipe(cell);
      if (context_.dataset == nullptr) continue;
      const Outcome fit = check_class_count(cell);
      any_fits |= fit.ok();
      if (!fit.ok()) last_mismatch = fit;
    }
    if (!last_mismatch.ok() && !any_fits) throw Error(ErrorCode::kDataset, "{}", last_mismatch.reason);
  }

  void settle_recipe(CellState& cell) {
    if (cell.plan->recipe) {
      cell.record.recipe = *cell.plan->recipe;
      cell.record.recipe_reason = "given";
      return;
    }
    const datasets::ModelInputHints hints{.input = cell.inputs[0],
                                          .mean = cell.facts.mean,
                                          .std = cell.facts.std,
                                          .outputs = static_cast<int>(cell.output_count()),
                                          .classes = class_count()};
    datasets::DerivedRecipe derived = datasets::derive_recipe(hints);
    cell.record.recipe = derived.recipe;
    cell.record.recipe_reason = derived.why;
    if (derived.assumed) cell.record.warnings.push_back("recipe assumed: " + derived.why);
  }

  Outcome check_class_count(CellState& cell) {
    const int offset = cell.record.recipe.label_offset;
    if (static_cast<int>(cell.output_count()) >= class_count() + offset) {
      cell.needs_evaluation = true;
      if (static_cast<int>(cell.output_count()) == class_count() + offset) return {};
    }
    cell.needs_evaluation = false;
    Outcome outcome{.status = Status::kError,
                    .reason = fmt::format("the model has {} outputs but the dataset has {} classes (label offset {}); "
                                          "give a labels file or a label_offset that makes them meet",
                                          cell.output_count(), class_count(), offset),
                    .stage = "accuracy"};
    cell.record.accuracy = AccuracyRecord();
    cell.record.accuracy->outcome = outcome;
    return outcome;
  }

  void open_images() {
    std::vector<PixelNeed> needs;
    for (const CellState& cell : cells_) {
      if (cell.described()) needs.push_back({cell.record.recipe, cell.shape});
    }
    images_ = std::make_unique<ImageStore>(context_.dataset, context_.folder, plan_.settings, std::move(needs));
  }

  [[nodiscard]] Feed feed_for(const CellState& cell) const {
    return {.cache = images_->cache_for(cell.record.recipe, cell.shape), .recipe = cell.record.recipe};
  }

  // ---- latency ------------------------------------------------------------------------------------------------

  void measure_latency() {
    for (std::size_t i = 0; i < plan_.batches.size() && !interrupted(); ++i) measure_batch(plan_.batches[i], i);
  }

  void measure_batch(int batch, std::size_t index) {
    std::vector<std::unique_ptr<Lane>> lanes;
    std::vector<CellState*> owners;
    for (CellState& cell : cells_) {
      if (!cell.described() || take_from_log(cell, batch)) continue;
      lanes.push_back(prepared_lane(cell, batch));
      owners.push_back(&cell);
    }
    std::vector<Lane*> good;
    for (const auto& lane : lanes) {
      if (lane->ok()) good.push_back(lane.get());
    }
    calibrate_lanes(good, progress_);
    std::erase_if(good, [](const Lane* lane) { return !lane->ok(); });
    progress_.begin(fmt::format("latency, batch {}", batch), static_cast<std::size_t>(plan_.settings.rounds));
    run_latency_rounds(good, plan_.settings, plan_.settings.seed + index, progress_);
    progress_.end();
    for (std::size_t i = 0; i < lanes.size(); ++i) store_lane(*owners[i], lanes[i]->finished());
  }

  std::unique_ptr<Lane> prepared_lane(CellState& cell, int batch) {
    std::unique_ptr<Lane> lane;
    if (batch == 1 && cell.loaded) {
      lane = std::move(cell.loaded);
    } else {
      lane = std::make_unique<Lane>(lane_context(cell), batch);
      (void)lane->load();
    }
    if (lane->ok()) (void)lane->warm_up(feed_for(cell));
    if (!lane->ok()) {
      const Outcome& outcome = lane->record().outcome;
      progress_.note(
          fmt::format("{}, batch {}: {}: {}", cell.record.id, batch, status_name(outcome.status), outcome.reason));
    }
    return lane;
  }

  bool take_from_log(CellState& cell, int batch) {
    const LaneRecord* done = log_.lane(cell.record.id, batch);
    if (done == nullptr) return false;
    cell.record.lanes.push_back(*done);
    return true;
  }

  void store_lane(CellState& cell, LaneRecord lane) {
    if (lane.outcome.status == Status::kCancelled) lane.partial = true;
    if (!lane.partial && log_.lane(cell.record.id, lane.batch) == nullptr) log_.append_lane(cell.record.id, lane);
    cell.record.lanes.push_back(std::move(lane));
  }

  // ---- accuracy -----------------------------------------------------------------------------------------------

  void measure_accuracy() {
    std::vector<CellState*> todo;
    for (CellState& cell : cells_) {
      cell.loaded.reset();
      if (cell.needs_evaluation && !finished_before(cell) && worth_evaluating(cell)) todo.push_back(&cell);
    }
    for (CellState* cell : todo) {
      cell->scores = context_.folder / (cell->record.id + ".scores.f32");
      create_scores_file(cell->scores, images_->samples(), cell->output_count());
    }
    // A streamed set goes chunk by chunk through all cells, so that every image is decoded once.
    for (std::size_t chunk = 0; chunk < images_->chunks() && !interrupted(); ++chunk) {
      if (!images_->load_chunk(chunk, progress_)) break;
      for (CellState* cell : todo) evaluate(*cell, chunk);
    }
    for (CellState* cell : todo) store_accuracy(*cell);
  }

  bool finished_before(CellState& cell) {
    const AccuracyRecord* done = log_.accuracy(cell.record.id);
    if (done == nullptr) return false;
    cell.record.accuracy = *done;
    if (done->outcome.ok()) result_.predictions[cell.record.id] = context_.predictions.load(cell.record.id);
    return true;
  }

  /// A cell that could not even run once is not asked again for every image.
  static bool worth_evaluating(const CellState& cell) {
    const LaneRecord* lane = cell.record.lane(1);
    return lane == nullptr || lane->outcome.ok() || !lane->blocks.empty();
  }

  void evaluate(CellState& cell, std::size_t chunk) {
    if (!cell.evaluated.outcome.ok() || interrupted()) return;
    const LaneRecord* lane = cell.record.lane(1);
    const EvaluationTask task{.context = lane_context(cell),
                              .feed = feed_for(cell),
                              .chunk = images_->chunk(chunk),
                              .scores = cell.scores,
                              .invoke_ms = lane != nullptr ? std::max(lane->first_invoke_ms, 0.01) : 100.0};
    progress_.begin(fmt::format("accuracy, {}", cell.record.id), images_->samples());
    const EvaluationResult result = evaluate_chunk(task, progress_);
    progress_.end();
    cell.evaluated.outcome = result.outcome;
    cell.evaluated.invoke_ms += result.invoke_ms;
    cell.evaluated.seconds += result.seconds;
    if (!result.outcome.ok() && result.outcome.status != Status::kCancelled) note_failure(cell, result.outcome);
    if (result.outcome.ok()) ++cell.chunks_evaluated;
    if (images_->chunks() == 1) store_accuracy(cell);
  }

  void store_accuracy(CellState& cell) {
    if (cell.scores.empty()) return;
    if (cell.evaluated.outcome.ok() && cell.chunks_evaluated < images_->chunks()) {
      cell.evaluated.outcome = {.status = Status::kCancelled, .reason = "interrupted", .stage = "evaluate"};
    }
    AccuracyRecord accuracy;
    if (cell.evaluated.outcome.ok()) accuracy = accuracy_of(cell);
    accuracy.outcome = cell.evaluated.outcome;
    accuracy.partial = accuracy.outcome.status == Status::kCancelled;
    accuracy.jobs = evaluation_jobs(plan_.settings, *cell.plan, images_->samples());
    accuracy.batch = plan_.settings.eval_batch;
    accuracy.seconds = cell.evaluated.seconds;
    if (accuracy.images > 0) accuracy.invoke_ms_per_image = cell.evaluated.invoke_ms / double(accuracy.images);
    if (!accuracy.partial) log_.append_accuracy(cell.record.id, accuracy);
    cell.record.accuracy = std::move(accuracy);
    if (!plan_.settings.keep_scores || !cell.evaluated.outcome.ok()) std::filesystem::remove(cell.scores);
    cell.scores.clear();
  }

  AccuracyRecord accuracy_of(CellState& cell) {
    const ScoresLayout layout{
        .outputs = cell.output_count(), .classes = class_count(), .label_offset = cell.record.recipe.label_offset};
    std::vector<Prediction> predictions = read_predictions(cell.scores, layout, images_->entries());
    AccuracyRecord accuracy = summarize(predictions, class_count());
    accuracy.predictions_file = context_.predictions.save(cell.record.id, predictions);
    if (plan_.settings.keep_scores) accuracy.scores_file = cell.scores.filename().string();
    result_.predictions[cell.record.id] = std::move(predictions);
    return accuracy;
  }

  // ---- the end ------------------------------------------------------------------------------------------------

  RunResult finish() {
    Record& record = result_.record;
    record.partial = interrupted();
    if (context_.dataset != nullptr) {
      record.dataset = DatasetRecord();
      record.dataset->kind = context_.dataset->kind();
      record.dataset->class_names = context_.dataset->class_names();
      images_->describe(*record.dataset);
    }
    for (CellState& cell : cells_) record.cells.push_back(std::move(cell.record));
    return std::move(result_);
  }

  const Plan& plan_;
  const RunContext& context_;
  Progress& progress_;
  CellLog log_;
  Clock::time_point start_;
  WorkerLaunch launch_;
  std::vector<CellState> cells_;
  std::unique_ptr<ImageStore> images_;
  RunResult result_;
};

}  // namespace

RunResult run_plan(const Plan& plan, const RunContext& context) { return Run(plan, context).run(); }

}  // namespace qbench::engine
