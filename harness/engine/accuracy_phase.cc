// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/accuracy_phase.h"

#include <algorithm>
#include <iterator>

#include "core/error.h"
#include "harness/engine/alarms.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/reoriented.h"
#include "harness/engine/scores.h"
#include "harness/engine/worker_sandbox.h"

namespace qbench::engine {
namespace {

/// A guess for a cell whose latency was not measured: it only sets how many images are handed out at a time.
constexpr double kUnknownInvokeMs = 100.0;

/// Scores of one cell that are held in memory to be compared: 256 MB, 64,000 images of 1,000 classes.
constexpr std::size_t kMostComparedScores = 64'000'000;

/// A cell that could not even run once is not asked again for every image.
bool worth_evaluating(const CellState& cell) {
  const LaneRecord* lane = cell.record.lane(1);
  return cell.fits_dataset && (lane == nullptr || lane->outcome.ok() || !lane->blocks.empty());
}

}  // namespace

AccuracyPhase::~AccuracyPhase() {
  std::error_code gone;  // under another name by now, where they are kept
  for (const std::filesystem::path& scores : unwanted_) std::filesystem::remove(scores, gone);
}

AccuracyPhase::Job* AccuracyPhase::begin(CellState& cell) {
  cell.loaded.reset();  // a worker that latency did not want
  if (!looked_into_log_) look_into_log();
  if (!worth_evaluating(cell)) return nullptr;
  std::string kept_digest;
  if (const auto found = log_.find(&cell); found != log_.end()) {
    const bool has_scores = found->second.record.outcome.ok();
    if (has_scores && wanted_scores_.contains(cell.plan)) kept_digest = predictions_digest(found->second.predictions);
    take(cell, std::move(found->second));
    if (kept_digest.empty()) return nullptr;
  }
  Job& job = jobs_.emplace_back();
  job.cell = &cell;
  job.kept_digest = std::move(kept_digest);
  job.scores =
      create_scores_beside(context_.folder / scores_file_name(cell.record.id), images_.samples(), cell.output_count());
  unwanted_.push_back(job.scores);
  return &job;
}

void AccuracyPhase::look_into_log() {
  looked_into_log_ = true;
  for (const CellState& cell : cells_) {
    if (!cell.fits_dataset) continue;
    if (std::optional<FinishedAccuracy> done = finished_accuracy(run_, cell, context_)) {
      log_.emplace(&cell, *std::move(done));
    } else if (small_enough_to_compare(cell)) {
      wanted_scores_.insert(&baseline_of(run_.plan, *cell.plan));
    }
  }
}

void AccuracyPhase::take(CellState& cell, FinishedAccuracy done) {
  if (done.record.outcome.ok()) predictions_[cell.record.id] = std::move(done.predictions);
  cell.record.accuracy = std::move(done.record);
  std::ranges::move(done.warnings, std::back_inserter(cell.record.warnings));
}

bool AccuracyPhase::evaluate_share(double share) {
  if (images_.chunks() != 1) return false;
  bool evaluated = false;
  const double cells = share * static_cast<double>(cells_.size());
  while (next_ < cells_.size() && static_cast<double>(next_) + 0.5 <= cells && !interrupted()) {
    Job* const job = begin(cells_[next_++]);
    if (job == nullptr) continue;
    evaluate(*job, 0);
    store(*job);
    evaluated = true;
  }
  return evaluated;
}

void AccuracyPhase::evaluate_by_chunks() {
  for (CellState& cell : cells_) (void)begin(cell);
  for (std::size_t chunk = 0; chunk < images_.chunks() && !interrupted() && !jobs_.empty(); ++chunk) {
    if (!images_.load_chunk(chunk, run_.progress)) break;
    for (Job& job : jobs_) evaluate(job, chunk);
  }
  for (Job& job : jobs_) store(job);
}

std::map<std::string, std::vector<Prediction>> AccuracyPhase::finish() {
  if (images_.chunks() == 1) {
    (void)evaluate_share(1.0);
    for (; next_ < cells_.size(); ++next_) {  // what an interruption left
      if (Job* const job = begin(cells_[next_])) store(*job);
    }
  } else {
    evaluate_by_chunks();
  }
  warn_of_reoriented();
  warn_of_distorted();
  return std::move(predictions_);
}

void AccuracyPhase::evaluate(Job& job, std::size_t chunk) {
  if (!job.result.outcome.ok() || interrupted()) return;
  CellState& cell = *job.cell;
  const EvaluationTask task{.context = run_.lane_context(*cell.plan),
                            .feed = cell.feed(images_.cache_for(cell.record.recipe, cell.shape)),
                            .chunk = images_.chunk(chunk),
                            .scores = job.scores,
                            .invoke_ms = cell.first_invoke_ms > 0.0 ? cell.first_invoke_ms : kUnknownInvokeMs};
  run_.progress.begin(fmt::format("accuracy, {}", cell.record.id), images_.samples());
  AcceleratorWatch accelerator(*cell.plan, run_.probe_accelerators);
  accelerator.look_before();
  EvaluationResult result = evaluate_chunk(task, run_.progress);
  run_.progress.end();
  accelerator.explain(result.outcome);
  if (const std::string change = task.context.watch != nullptr ? task.context.watch->change() : ""; !change.empty()) {
    result.outcome = {.status = Status::kError, .reason = change, .stage = "evaluate"};
  }
  job.result.outcome = result.outcome;
  job.result.invoke_ms += result.invoke_ms;
  job.result.seconds += result.seconds;
  add_refusals(job.result.refused, result.refused);
  if (result.outcome.ok()) {
    ++job.chunks_done;
  } else if (result.outcome.status != Status::kCancelled) {
    run_.note_failure(cell, result.outcome);
  }
}

void AccuracyPhase::store(Job& job) {
  if (job.scores.empty()) return;  // stored before
  if (!job.kept_digest.empty()) return store_scores_alone(job);
  const RunSettings& settings = run_.plan.settings;
  if (job.result.outcome.ok() && job.chunks_done < images_.chunks()) {
    job.result.outcome = {.status = Status::kCancelled, .reason = "interrupted", .stage = "evaluate"};
  }
  AccuracyRecord accuracy;
  const std::size_t warnings_before = job.cell->record.warnings.size();
  if (job.result.outcome.ok()) {
    accuracy = count(job);
  }
  if (job.result.outcome.ok()) {
    accuracy.divergence = divergence(job);
    finished_scores_[job.cell->record.id] = {job.scores, job.cell->output_count()};
  }
  accuracy.outcome = job.result.outcome;
  accuracy.partial = accuracy.outcome.status == Status::kCancelled;
  accuracy.jobs = evaluation_jobs(settings, *job.cell->plan, images_.samples());
  accuracy.batch = settings.eval_batch;
  accuracy.seconds = job.result.seconds;
  accuracy.refused = job.result.refused;
  if (accuracy.images > 0) accuracy.invoke_ms_per_image = job.result.invoke_ms / static_cast<double>(accuracy.images);
  if (!accuracy.partial && !can_pass(accuracy.outcome)) {
    const CellRecord& record = job.cell->record;
    const auto first_new = record.warnings.begin() + static_cast<std::ptrdiff_t>(warnings_before);
    const auto counted = predictions_.find(record.id);
    run_.log.append_accuracy(record.id, {{accuracy, accuracy_binding(run_, *job.cell)},
                                         counted == predictions_.end() ? "" : predictions_digest(counted->second),
                                         {first_new, record.warnings.end()}});
  }
  job.cell->record.accuracy = std::move(accuracy);
  job.scores.clear();
}

void AccuracyPhase::store_scores_alone(Job& job) {
  const CellRecord& record = job.cell->record;
  if (job.result.outcome.ok() && job.chunks_done == images_.chunks()) {
    std::string problem = "it answers otherwise than when it was evaluated";
    try {
      const auto predictions = read_predictions(job.scores, layout_of(*job.cell), images_.entries());
      if (predictions_digest(predictions) == job.kept_digest) problem.clear();
    } catch (const Error& error) {
      problem = error.what();
    }
    if (problem.empty()) finished_scores_[record.id] = {job.scores, job.cell->output_count()};
    if (!problem.empty()) run_.progress.note(fmt::format("{}: no scores beside others': {}", record.id, problem));
  }
  job.scores.clear();
}

bool AccuracyPhase::small_enough_to_compare(const CellState& cell) const {
  return images_.samples() <= kMostComparedScores / cell.output_count();
}

std::optional<DivergenceRecord> AccuracyPhase::divergence(const Job& job) const {
  const CellPlan& baseline = baseline_of(run_.plan, *job.cell->plan);
  const auto found = finished_scores_.find(baseline.id);
  // Other outputs are another question.
  const std::size_t outputs = job.cell->output_count();
  if (found == finished_scores_.end() || found->second.second != outputs) return std::nullopt;
  if (!small_enough_to_compare(*job.cell)) return std::nullopt;
  DivergenceRecord record = score_divergence(
      {.baseline = found->second.first, .variant = job.scores, .outputs = job.cell->output_count()}, images_.entries());
  record.against = baseline.id;
  return record;
}

ScoresLayout AccuracyPhase::layout_of(const CellState& cell) const {
  return {.outputs = cell.output_count(),
          .classes = static_cast<int>(context_.dataset->class_names().size()),
          .label_offset = cell.record.recipe.label_offset};
}

void AccuracyPhase::warn_of_distorted() {
  for (CellState& cell : cells_) {
    const Recipe& recipe = cell.record.recipe;
    const bool assumed = cell.record.recipe_source != RecipeSource::kGiven && recipe.resize == Recipe::Resize::kStretch;
    if (images_.distorted() == 0 || !assumed || !predictions_.contains(cell.record.id)) continue;
    cell.record.warnings.push_back(
        fmt::format("assumed: images are stretched to {}x{}; {} of {} have their sides in another ratio (a recipe that "
                    "ends in -crop takes ImageNet's centre crop instead)",
                    cell.shape.width, cell.shape.height, images_.distorted(), images_.samples()));
    run_.progress.note(cell.record.id + ": " + cell.record.warnings.back());
    return;
  }
}

void AccuracyPhase::warn_of_reoriented() {
  if (images_.reoriented().empty() || interrupted()) return;
  for (CellState& cell : cells_) {
    const auto done = predictions_.find(cell.record.id);
    if (done == predictions_.end() || !cell.record.recipe.apply_exif) continue;
    const ReorientedImages images{.dataset = *context_.dataset, .samples = images_.reoriented()};
    std::string warning = reoriented_warning(run_, cell, images, layout_of(cell), done->second);
    run_.progress.note(cell.record.id + ": " + warning);
    cell.record.warnings.push_back(std::move(warning));
    return;
  }
}

std::string AccuracyPhase::keep_scores(Job& job) {
  std::string name = scores_file_name(job.cell->record.id);
  std::error_code error;
  std::filesystem::rename(job.scores, context_.folder / name, error);
  if (error) throw Error(ErrorCode::kIo, "cannot write '{}': {}", (context_.folder / name).string(), error.message());
  job.scores = context_.folder / name;
  return name;
}

AccuracyRecord AccuracyPhase::count(Job& job) {
  CellRecord& record = job.cell->record;
  const ScoresLayout layout = layout_of(*job.cell);
  const int classes = layout.classes;
  ScoreTies ties;
  std::vector<Prediction> predictions;
  try {
    predictions = read_predictions(job.scores, layout, images_.entries(), &ties);
  } catch (const Error& error) {
    job.result.outcome = {.status = Status::kError, .reason = error.what(), .stage = "accuracy"};
    run_.note_failure(*job.cell, job.result.outcome);
    return {};
  }
  const ScoresForm form = job.cell->view.scores.form;
  if (form == ScoresForm::kLogOdds && !job.cell->plan->tensors.one_value) {
    if (std::string question = one_value_question(predictions); !question.empty()) {
      run_.progress.note(record.id + ": " + question);
      job.result.outcome = {.status = Status::kError, .reason = std::move(question), .stage = "accuracy"};
      return {};
    }
  }
  AccuracyRecord accuracy = summarize(predictions, classes);
  accuracy.top1_ties = ties.top1;
  accuracy.top5_ties = ties.top5;
  std::vector<std::string> alarms = accuracy_alarms(predictions, classes);
  if (form != ScoresForm::kVector) {
    accuracy.threshold = calibrate_threshold(predictions);
    if (std::string alarm = reversed_alarm(predictions); !alarm.empty()) alarms = {std::move(alarm)};
  }
  for (std::string& alarm : alarms) {
    run_.progress.note(record.id + ": " + alarm);
    record.warnings.push_back(std::move(alarm));
  }
  accuracy.predictions_file = context_.predictions.save(record.id, predictions);
  if (run_.plan.settings.keep_scores) accuracy.scores_file = keep_scores(job);
  predictions_[record.id] = std::move(predictions);
  return accuracy;
}

}  // namespace qbench::engine
