// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/recipe_trial.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "core/error.h"
#include "datasets/cache_builder.h"
#include "datasets/subset.h"
#include "harness/engine/evaluation.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/scores.h"

namespace qbench::engine {
namespace {

/// More images never decided anything that these had left open, and a look costs what an evaluation costs.
constexpr std::size_t kMostImages = 4096;
constexpr std::uint64_t kDrawSeed = 1;
constexpr const char* kScoresFile = "scores.f32";

/// The images of one look, decoded as some of the candidates want them.
struct Decoded {
  std::filesystem::path file;
  datasets::TensorCache cache;
};

/// Of a right class that is not among the first five: below all that are.
float margin_of(const Prediction& prediction) {
  float right = 0.0F;
  float other = 0.0F;
  bool has_right = false;
  bool has_other = false;
  for (std::size_t i = 0; i < prediction.count; ++i) {
    const bool is_right = prediction.classes[i] == prediction.label;
    if (is_right) right = prediction.scores[i];
    if (!is_right && !has_other) other = prediction.scores[i];
    has_right = has_right || is_right;
    has_other = has_other || !is_right;
  }
  return has_right ? right - other : -std::numeric_limits<float>::infinity();
}

}  // namespace

std::int64_t RecipeTrial::Candidate::correct() const { return std::ranges::count(hits, std::uint8_t{1}); }

RecipeTrial::RecipeTrial(RecipeSubject subject, const datasets::Dataset& dataset, std::vector<Recipe> candidates)
    : subject_(std::move(subject)),
      dataset_(dataset),
      order_(datasets::balanced_indices(dataset, kMostImages, kDrawSeed)),
      start_(Clock::now()) {
  for (Recipe& recipe : candidates)
    candidates_.push_back({.recipe = std::move(recipe), .classes = {}, .hits = {}, .margins = {}});
  (void)start_workers();
}

double RecipeTrial::seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

bool RecipeTrial::start_workers() {
  const LaneContext& context = subject_.context;
  const int jobs = evaluation_jobs(*context.settings, *context.cell, order_.size());
  nlohmann::json request = lane_load_request(context, 1);
  request["brief"] = true;
  request["largest_file"] = order_.size() * subject_.view.scores.classes() * sizeof(float);
  if (jobs > 1) request["threads"] = 1;
  for (int i = 0; i < jobs && outcome_.ok(); ++i) workers_.push_back(start_worker(context.launch, outcome_));
  return ask_all(std::vector(workers_.size(), request), std::chrono::duration<double>(context.settings->load_timeout_s),
                 "load", [](const Answer& answer) { (void)read_load_reply(answer, true); });
}

/// One request to each worker (null: none for it), then the answers; the first failure is kept.
bool RecipeTrial::ask_all(const std::vector<nlohmann::json>& requests, std::chrono::duration<double> timeout,
                          std::string_view stage, const AnswerReader& read) {
  if (!outcome_.ok()) return false;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i].is_null()) workers_[i]->start(requests[i], timeout, stage, read);
  }
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (requests[i].is_null()) continue;
    Outcome outcome = workers_[i]->wait();
    if (outcome_.ok()) outcome_ = std::move(outcome);
  }
  return outcome_.ok();
}

bool RecipeTrial::look(std::size_t images) {
  const std::size_t until = std::min(images, order_.size());
  if (until <= shown_) return outcome_.ok();
  const std::size_t count = until - shown_;
  const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(shown_);
  const datasets::Subset next(dataset_, {begin, begin + static_cast<std::ptrdiff_t>(count)});
  std::map<std::string, Decoded> decoded;  // by the pixel half of the recipes
  for (Candidate& candidate : candidates_) {
    if (!candidate.alive) continue;
    if (interrupted()) outcome_ = {.status = Status::kCancelled, .reason = "interrupted", .stage = "recipe"};
    const std::string key = recipe_pixel_key(candidate.recipe);
    const std::filesystem::path file = folder_.path() / fmt::format("images-{}.qtc", decoded.size());
    if (outcome_.ok() && !decoded.contains(key)) {
      (void)datasets::build_tensor_cache(next, {0, count}, candidate.recipe, subject_.shape, file,
                                         {.jobs = subject_.context.settings->decode_jobs});
      decoded.emplace(key, Decoded{file, datasets::TensorCache::open(file)});
    }
    if (!outcome_.ok() || !evaluate(candidate.recipe, decoded.at(key).file, count)) return false;
    try {
      take_answers(candidate, decoded.at(key).cache);
    } catch (const Error& error) {
      outcome_ = {.status = Status::kError, .reason = error.what(), .stage = "recipe"};
      return false;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!decoded.empty() && decoded.begin()->second.cache.entries()[i].ok) labels_.push_back(next.samples()[i].label);
  }
  shown_ = until;
  return true;
}

bool RecipeTrial::evaluate(const Recipe& recipe, const std::filesystem::path& cache, std::size_t count) {
  const RunSettings& settings = *subject_.context.settings;
  nlohmann::json attach = attach_request({.cache = cache, .recipe = recipe, .view = subject_.view});
  create_scores_file(folder_.path() / kScoresFile, count, subject_.view.scores.classes());  // no row of the one before
  attach["scores"] = (folder_.path() / kScoresFile).string();
  if (!ask_all(std::vector(workers_.size(), attach), std::chrono::duration<double>(settings.load_timeout_s), "attach",
               read_empty_reply)) {
    return false;
  }
  std::vector<nlohmann::json> pieces;
  const std::size_t share = (count + workers_.size() - 1) / workers_.size();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const std::size_t first = std::min(i * share, count);
    const std::size_t size = std::min(share, count - first);
    pieces.push_back(size == 0 ? nlohmann::json()
                               : nlohmann::json{{"op", "evaluate"}, {"first", first}, {"count", size}, {"base", 0}});
  }
  // A piece of many slow images may take longer than one answer of a healthy worker.
  const double timeout_s = settings.request_timeout_s * static_cast<double>(1 + share / 16);
  return ask_all(pieces, std::chrono::duration<double>(timeout_s), "evaluate",
                 [](const Answer& answer) { (void)read_evaluate_reply(answer); });
}

void RecipeTrial::take_answers(Candidate& candidate, const datasets::TensorCache& cache) const {
  const ScoresLayout layout{.outputs = subject_.view.scores.classes(),
                            .classes = static_cast<int>(dataset_.class_names().size()),
                            .label_offset = candidate.recipe.label_offset};
  for (const Prediction& prediction : read_predictions(folder_.path() / kScoresFile, layout, cache.entries())) {
    candidate.classes.push_back(prediction.top1());
    candidate.hits.push_back(prediction.correct() ? 1 : 0);
    candidate.margins.push_back(margin_of(prediction));
  }
}

}  // namespace qbench::engine
