// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/description.h"

#include <filesystem>
#include <memory>
#include <utility>

#include "core/sha256.h"
#include "datasets/label_offset.h"
#include "harness/engine/load_failure.h"

namespace qbench::engine {
namespace {

void fail_all_lanes(RunState& run, CellState& cell, const LaneRecord& failed) {
  for (int batch : run.plan.batches) {
    LaneRecord lane = failed;
    lane.batch = batch;
    if (lane.outcome.status == Status::kCancelled) lane.partial = true;
    cell.record.lanes.push_back(std::move(lane));  // not in the log: a resumed run asks again anyway
  }
  run.note_failure(cell, failed.outcome);
}

CellRecord empty_record(const Plan& run, const CellPlan& plan) {
  CellRecord record;
  record.id = plan.id;
  record.variant = plan.variant;
  record.side = plan.side;
  if (!plan.side.empty()) record.baseline = baseline_of(run, plan).id;
  record.worker = plan.worker.string();
  record.runner = plan.runner;
  record.kernels = kernels_name(plan.options.kernels);
  record.library = plan.options.library.string();
  record.delegate = plan.options.delegate.library.string();
  record.threads = plan.options.threads;
  record.model = file_facts(plan.model);
  return record;
}

/// Takes the tensors of a loaded lane over, or the reason why they are no classifier's.
Outcome adopt(CellState& cell, std::unique_ptr<Lane> lane, int classes) {
  const LaneRecord& record = lane->record();
  Outcome outcome =
      check_classifier(record.inputs, record.outputs, hints_for(*cell.plan, cell.facts.hints, classes), cell.view);
  if (!outcome.ok()) return outcome;
  for (const std::string& assumption : cell.view.assumptions) {
    cell.record.warnings.push_back("assumed: " + assumption);
  }
  cell.inputs = record.inputs;
  cell.outputs = record.outputs;
  const ImageInput& image = cell.view.image;
  cell.shape = {.height = image.height, .width = image.width, .channels = image.channels};
  cell.loaded = std::move(lane);
  return outcome;
}

/// The worker, and a delegate that is a file; one that the loader finds by its name is only known to the worker.
void watch_programs(RunState& run, CellState& cell, FileWatch& watch) {
  const std::filesystem::path worker = run.lane_context(*cell.plan).launch.executable;
  const FileIdentity worker_seen = file_identity(worker);
  std::string& hash = run.program_hashes[worker];
  if (hash.empty()) hash = sha256_file(worker);
  cell.worker_sha256 = hash;
  watch.add("worker program", worker, hash, worker_seen);
  const std::filesystem::path& delegate = cell.plan->options.delegate.library;
  std::error_code unreadable;
  if (!delegate.has_parent_path() || !std::filesystem::is_regular_file(delegate, unreadable)) return;
  const FileIdentity delegate_seen = file_identity(delegate);
  cell.delegate_sha256 = sha256_file(delegate);
  watch.add("delegate", delegate, cell.delegate_sha256, delegate_seen);
}

}  // namespace

CellState describe_cell(RunState& run, const CellPlan& plan, int classes) {
  CellState cell;
  cell.plan = &plan;
  const FileIdentity model_seen = file_identity(plan.model);
  cell.record = empty_record(run.plan, plan);
  FileWatch& watch = *(run.watches[plan.id] = std::make_unique<FileWatch>());
  watch.add("model file", plan.model, cell.record.model.sha256, model_seen);
  watch_programs(run, cell, watch);
  LaneRecord failed;
  failed.outcome = check_model(plan.model, cell.facts, cell.record.model);
  cell.record.warnings = cell.facts.warnings;
  cell.record.repairs = cell.facts.repairs;
  if (failed.outcome.ok()) {
    run.keep_repaired(plan, cell.facts);
    auto lane = std::make_unique<Lane>(run.lane_context(plan), 1);
    if (lane->load()) {
      cell.runner = lane->record().runner;
      watch.add("runtime library", cell.runner.library, cell.runner.library_sha256, file_identity(cell.runner.library));
      failed.outcome = adopt(cell, std::move(lane), classes);
    } else {
      failed = lane->record();
      failed.outcome = explained(std::move(failed.outcome), cell.facts, plan);
    }
  }
  if (!failed.outcome.ok()) fail_all_lanes(run, cell, failed);
  return cell;
}

datasets::DerivedRecipe model_recipe(const CellState& cell, int classes) {
  return datasets::derive_recipe({.input = cell.inputs[0],
                                  .mean = cell.facts.mean,
                                  .std = cell.facts.std,
                                  .normalization = cell.facts.normalization,
                                  .channels = cell.view.image.channels,
                                  .outputs = static_cast<int>(cell.output_count()),
                                  .classes = classes});
}

Outcome check_class_count(CellState& cell, const datasets::Dataset& dataset) {
  const auto outputs = static_cast<int>(cell.output_count());
  const std::string why = datasets::settle_label_offset(cell.record.recipe, dataset, outputs);
  if (!why.empty()) cell.record.recipe_reason += "; " + why;
  const int offset = cell.record.recipe.label_offset;
  cell.fits_dataset = std::cmp_equal(outputs, dataset.class_names().size() + static_cast<std::size_t>(offset));
  if (cell.fits_dataset) return {};
  AccuracyRecord accuracy;
  accuracy.outcome = {.status = Status::kError,
                      .reason = datasets::count_mismatch(dataset, cell.record.recipe, outputs),
                      .stage = "accuracy"};
  cell.record.accuracy = accuracy;
  return accuracy.outcome;
}

}  // namespace qbench::engine
