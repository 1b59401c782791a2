// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/predictions.h"
#include "harness/engine/cell_state.h"
#include "harness/engine/evaluation.h"
#include "harness/engine/finished.h"
#include "harness/engine/image_store.h"
#include "harness/engine/run.h"
#include "harness/engine/scores.h"

namespace qbench::engine {

/// Evaluates the cells of a run on all images: scores into a file, predictions and counts from it. A set that is
/// streamed goes chunk by chunk through all cells, so that every image is decoded once. One use.
class AccuracyPhase {
 public:
  /// `cells` are borrowed, as all else; their accuracy is filled.
  AccuracyPhase(RunState& run, ImageStore& images, const RunContext& context, std::vector<CellState>& cells)
      : run_(run), images_(images), context_(context), cells_(cells) {}

  ~AccuracyPhase();  ///< removes the scores that are not kept
  AccuracyPhase(const AccuracyPhase&) = delete;
  AccuracyPhase& operator=(const AccuracyPhase&) = delete;

  /// Evaluates as many further cells as make this share (1: all) of them, for who has other work between. Does nothing
  /// with a set that is streamed: its chunks take each other's place. True when a cell was evaluated.
  bool evaluate_share(double share);
  /// Evaluates what is left; cells that the log has finished are taken from there. Returns predictions by cell id.
  [[nodiscard]] std::map<std::string, std::vector<Prediction>> finish();

 private:
  /// A cell that is being evaluated.
  struct Job {
    CellState* cell = nullptr;
    std::filesystem::path scores;  ///< under its temporary name
    std::string kept_digest;       ///< of a finished cell that runs again for its scores alone; or empty
    EvaluationResult result;
    std::size_t chunks_done = 0;
  };

  /// The cell's job; null when it is done already or is not worth one.
  Job* begin(CellState& cell);
  void evaluate_by_chunks();
  /// Which cells are finished, and which of them must run again for their scores: baselines of others that are not.
  void look_into_log();
  void take(CellState& cell, FinishedAccuracy done);
  void evaluate(Job& job, std::size_t chunk);
  void store(Job& job);
  void store_scores_alone(Job& job);
  /// Nothing, and the job's outcome, when what the scores mean must be asked or a row of them was never written.
  [[nodiscard]] AccuracyRecord count(Job& job);
  /// Gives the scores their lasting name and returns it.
  [[nodiscard]] std::string keep_scores(Job& job);
  [[nodiscard]] ScoresLayout layout_of(const CellState& cell) const;
  /// Tells, with the first cell that was evaluated on turned images, what EXIF orientation changed.
  void warn_of_reoriented();
  /// Tells, with the first cell whose recipe nobody gave, that its images were stretched out of shape.
  void warn_of_distorted();
  /// From the cell's baseline, whose scores must still be there.
  [[nodiscard]] std::optional<DivergenceRecord> divergence(const Job& job) const;
  [[nodiscard]] bool small_enough_to_compare(const CellState& cell) const;

  RunState& run_;
  ImageStore& images_;
  const RunContext& context_;
  std::vector<CellState>& cells_;
  std::size_t next_ = 0;  // cells seen so far
  std::deque<Job> jobs_;
  std::map<std::string, std::vector<Prediction>> predictions_;
  std::map<std::string, std::pair<std::filesystem::path, std::size_t>> finished_scores_;  // file and outputs, by cell
  std::vector<std::filesystem::path> unwanted_;                                           // removed in the end
  bool looked_into_log_ = false;
  std::map<const CellState*, FinishedAccuracy> log_;  // what is finished
  std::set<const CellPlan*> wanted_scores_;
};

}  // namespace qbench::engine
