// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/record.h"
#include "core/scratch_folder.h"
#include "datasets/dataset.h"
#include "datasets/tensor_cache.h"
#include "harness/engine/lane.h"

namespace qbench::engine {

/// A model whose recipe is in question.
struct RecipeSubject {
  std::string cell;  ///< for messages and the record
  LaneContext context;
  datasets::PixelShape shape;
  ClassifierView view;
};

/// Candidate recipes for one model, tried side by side on labelled images: each look adds images, balanced over the
/// classes, for those candidates that are still alive. The model runs in worker processes, one a core, loaded once.
class RecipeTrial {
 public:
  struct Candidate {
    Recipe recipe;
    std::vector<int> classes;        ///< predicted class of each usable image so far
    std::vector<std::uint8_t> hits;  ///< 1 where that is right
    /// Score of the right class minus the highest of the others (of the first five): how sure the model is of it.
    std::vector<float> margins;
    bool alive = true;

    [[nodiscard]] std::int64_t correct() const;
  };

  /// `dataset` is borrowed. Starts the workers; a failure is in outcome().
  RecipeTrial(RecipeSubject subject, const datasets::Dataset& dataset, std::vector<Recipe> candidates);

  /// Shows the living candidates images until they have seen `images` (usable or not), or all there are. False when the
  /// workers failed or the run was interrupted: outcome() says why.
  bool look(std::size_t images);

  /// Images shown so far, damaged ones included, and how many there are.
  [[nodiscard]] std::size_t shown() const noexcept { return shown_; }
  [[nodiscard]] std::size_t available() const noexcept { return order_.size(); }
  /// Images that every living candidate has an answer for.
  [[nodiscard]] std::size_t usable() const noexcept { return labels_.size(); }
  [[nodiscard]] const std::vector<int>& labels() const noexcept { return labels_; }

  [[nodiscard]] std::vector<Candidate>& candidates() noexcept { return candidates_; }
  [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }
  [[nodiscard]] double seconds() const;
  [[nodiscard]] const RecipeSubject& subject() const noexcept { return subject_; }

 private:
  bool start_workers();
  bool ask_all(const std::vector<nlohmann::json>& requests, std::chrono::duration<double> timeout,
               std::string_view stage, const AnswerReader& read);
  bool evaluate(const Recipe& recipe, const std::filesystem::path& cache, std::size_t count);
  void take_answers(Candidate& candidate, const datasets::TensorCache& cache) const;

  RecipeSubject subject_;
  const datasets::Dataset& dataset_;
  std::vector<Candidate> candidates_;
  std::vector<std::size_t> order_;  // images in the order in which they are shown
  std::vector<int> labels_;         // of the usable ones
  std::size_t shown_ = 0;
  Clock::time_point start_;
  ScratchFolder folder_;
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
  Outcome outcome_;
};

}  // namespace qbench::engine
