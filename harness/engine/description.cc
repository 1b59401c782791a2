// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/description.h"

#include <utility>

#include "datasets/label_offset.h"
#include "harness/engine/load_failure.h"

namespace qbench::engine {
namespace {

void fail_all_lanes(RunState& run, CellState& cell, const LaneRecord& failed) {
  for (int batch : run.plan.batches) {
    LaneRecord lane = failed;
    lane.batch = batch;
    run.store_lane(cell, std::move(lane));
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

}  // namespace

CellState describe_cell(RunState& run, const CellPlan& plan, int classes) {
  CellState cell;
  cell.plan = &plan;
  cell.record = empty_record(run.plan, plan);
  LaneRecord failed;
  failed.outcome = check_model(plan.model, cell.facts, cell.record.model);
  cell.record.warnings = cell.facts.warnings;
  cell.record.repairs = cell.facts.repairs;
  if (failed.outcome.ok()) {
    run.keep_repaired(plan, cell.facts);
    auto lane = std::make_unique<Lane>(run.lane_context(plan), 1);
    if (lane->load()) {
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
