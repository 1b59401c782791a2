// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "core/predictions.h"
#include "harness/engine/cell_state.h"
#include "harness/engine/evaluation.h"
#include "harness/engine/image_store.h"
#include "harness/engine/run.h"
#include "harness/engine/scores.h"

namespace qbench::engine {

/// Evaluates the cells of a run on all images: scores into a file, predictions and counts from it. A set that is
/// streamed goes chunk by chunk through all cells, so that every image is decoded once. One use.
class AccuracyPhase {
 public:
  AccuracyPhase(RunState& run, ImageStore& images, const RunContext& context)
      : run_(run), images_(images), context_(context) {}

  /// Fills the cells' accuracy; cells that the log has finished are taken from there. Returns predictions by cell id.
  [[nodiscard]] std::map<std::string, std::vector<Prediction>> measure(std::vector<CellState>& cells);

 private:
  /// A cell that is being evaluated.
  struct Job {
    CellState* cell = nullptr;
    std::filesystem::path scores;
    EvaluationResult result;
    std::size_t chunks_done = 0;
  };

  bool take_from_log(CellState& cell);
  void evaluate(Job& job, std::size_t chunk);
  void store(Job& job);
  /// Nothing, and the job's outcome, when what the scores mean must be asked.
  [[nodiscard]] AccuracyRecord count(Job& job);
  [[nodiscard]] ScoresLayout layout_of(const CellState& cell) const;
  /// Tells, with the first cell that was evaluated on turned images, what EXIF orientation changed.
  void warn_of_reoriented(std::vector<CellState>& cells);
  /// Tells, with the first cell whose recipe nobody gave, that its images were stretched out of shape.
  void warn_of_distorted(std::vector<CellState>& cells);
  /// From the cell's baseline, whose scores must still be there.
  [[nodiscard]] std::optional<DivergenceRecord> divergence(const Job& job) const;

  RunState& run_;
  ImageStore& images_;
  const RunContext& context_;
  std::deque<Job> jobs_;
  std::map<std::string, std::vector<Prediction>> predictions_;
  std::map<std::string, std::pair<std::filesystem::path, std::size_t>> finished_scores_;  // file and outputs, by cell
  std::vector<std::filesystem::path> unwanted_;                                           // removed at the end
};

}  // namespace qbench::engine
