// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/evaluation.h"

#include <algorithm>
#include <memory>

#include "core/usable_cpus.h"
#include "harness/engine/worker_sandbox.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kLargestPiece = 1024;
constexpr double kPieceSeconds = 0.25;

/// The workers of one evaluation and the images that are still to be handed out.
class Evaluation {
 public:
  Evaluation(const EvaluationTask& task, Progress& progress) : task_(task), progress_(progress) {
    const double per_piece = kPieceSeconds * 1e3 / std::max(task.invoke_ms, 1e-3);
    piece_ = static_cast<std::size_t>(std::clamp(per_piece, 1.0, double(kLargestPiece)));
  }

  EvaluationResult run() {
    const Clock::time_point start = Clock::now();
    const int jobs = evaluation_jobs(*task_.context.settings, *task_.context.cell, task_.chunk.count);
    for (int i = 0; i < jobs && result_.outcome.ok(); ++i) {
      jobs_.push_back({start_worker(task_.context.launch, result_.outcome)});
    }
    for (Job& job : jobs_) {
      if (result_.outcome.ok()) ask(job, Stage::kLoad, load_request());
    }
    while (result_.outcome.ok() && any_busy()) take_answers();
    jobs_.clear();
    result_.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return std::move(result_);
  }

 private:
  enum class Stage { kLoad, kAttach, kEvaluate };
  /// One worker and what it was asked last. Each goes its way: the first that is ready begins.
  struct Job {
    std::unique_ptr<WorkerProcess> worker;
    Stage stage = Stage::kLoad;
    EvaluateReply evaluated{};
  };

  [[nodiscard]] nlohmann::json load_request() const {
    const CellPlan& cell = *task_.context.cell;
    nlohmann::json request = lane_load_request(task_.context, task_.context.settings->eval_batch);
    request["brief"] = true;
    request["largest_file"] = std::filesystem::file_size(task_.scores);
    request["threads"] = jobs_.size() > 1 ? 1 : cell.options.threads;
    return request;
  }

  [[nodiscard]] nlohmann::json scores_request() const {
    nlohmann::json request = attach_request(task_.feed);
    request["scores"] = task_.scores.string();
    return request;
  }

  void ask(Job& job, Stage stage, const nlohmann::json& request) {
    const std::chrono::duration<double> timeout(task_.context.settings->load_timeout_s);
    job.stage = stage;
    if (stage == Stage::kAttach) return job.worker->start(request, timeout, "attach", read_empty_reply);
    job.worker->start(request, timeout, "load", [](const Answer& answer) { (void)read_load_reply(answer, true); });
  }

  void give_piece(Job& job) {
    job.stage = Stage::kEvaluate;
    if (next_ >= task_.chunk.count) return;
    // Smaller and smaller pieces at the end, so that all workers are done at the same time.
    const std::size_t left = task_.chunk.count - next_;
    const std::size_t count = std::min(piece_, (left + 2 * jobs_.size() - 1) / (2 * jobs_.size()));
    const double expected = 10.0 * double(count) * task_.invoke_ms / 1e3;
    job.worker->start({{"op", "evaluate"}, {"first", next_}, {"count", count}, {"base", task_.chunk.first}},
                      std::chrono::duration<double>(task_.context.settings->request_timeout_s + expected), "evaluate",
                      [&job](const Answer& answer) { job.evaluated = read_evaluate_reply(answer); });
    next_ += count;
  }

  void account(const Job& job) {
    const double invoke_ms = job.evaluated.invoke_ms;
    result_.invoke_ms += invoke_ms;
    // The rough time may be far too long.
    if (invoke_ms < kPieceSeconds * 1e3 / 2) piece_ = std::min(2 * piece_, kLargestPiece);
    progress_.advance(task_.chunk.first + next_);
  }

  void go_on(Job& job) {
    switch (job.stage) {
      case Stage::kLoad:
        ask(job, Stage::kAttach, scores_request());
        return;
      case Stage::kEvaluate:
        account(job);
        [[fallthrough]];
      case Stage::kAttach:
        give_piece(job);
    }
  }

  [[nodiscard]] bool any_busy() const {
    return std::any_of(jobs_.begin(), jobs_.end(),
                       [](const Job& job) { return job.worker->busy() || job.worker->ready(); });
  }

  /// Waits for at least one answer; the first failure is kept.
  void take_answers() {
    std::vector<WorkerProcess*> workers;
    for (const Job& job : jobs_) workers.push_back(job.worker.get());
    WorkerProcess::wait_any(workers);
    for (Job& job : jobs_) {
      if (!job.worker->ready()) continue;
      Outcome outcome = job.worker->take();
      add_refusals(result_.refused, job.worker->refused());
      if (!outcome.ok()) {
        result_.outcome = std::move(outcome);
        return;
      }
      go_on(job);
    }
  }

  const EvaluationTask& task_;
  Progress& progress_;
  std::vector<Job> jobs_;
  std::size_t piece_ = 1;
  std::size_t next_ = 0;  // first image of the chunk that nobody has yet
  EvaluationResult result_;
};

}  // namespace

int evaluation_jobs(const RunSettings& settings, const CellPlan& cell, std::size_t images) {
  // A device serves one process at a time.
  if (!cell.options.delegate.library.empty()) return 1;
  const int wanted = settings.jobs > 0 ? settings.jobs : usable_cpus();
  return std::clamp<int>(static_cast<int>(std::min<std::size_t>(images, 1U << 20)), 1, wanted);
}

EvaluationResult evaluate_chunk(const EvaluationTask& task, Progress& progress) {
  return Evaluation(task, progress).run();
}

}  // namespace qbench::engine
