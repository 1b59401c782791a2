// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/recipe_search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/metrics/best_of.h"
#include "core/metrics/intervals.h"
#include "core/units.h"
#include "datasets/usual_recipes.h"

namespace qbench::engine {
namespace {

using Candidate = RecipeTrial::Candidate;

constexpr std::size_t kFirstLook = 16;
constexpr std::size_t kSecondLook = 48;
constexpr double kSearchSeconds = 2.0;
constexpr double kSlowSearchSeconds = 20.0;
constexpr std::size_t kSlowImages = 256;
constexpr double kCheckSeconds = 1.0;
/// Fewer images than this cannot show that two recipes answer alike.
constexpr std::size_t kAlikeImages = 200;
constexpr double kGuessConfidence = 0.99;
constexpr double kContradictionPoints = 5.0;
constexpr std::size_t kShownCandidates = 3;

double points_of(const Candidate& candidate, std::size_t images) {
  return kPercent * static_cast<double>(candidate.correct()) / static_cast<double>(std::max<std::size_t>(images, 1));
}

std::string score_text(const Candidate& candidate, std::size_t images) {
  return fmt::format("{} {:.1f} %", candidate.recipe.name, points_of(candidate, images));
}

/// The name that --recipe takes.
std::string typed_name(const Recipe& recipe) { return recipe.name.substr(0, recipe.name.find(" (")); }

/// The living candidates, right most often first; of equals the more usual one.
std::vector<const Candidate*> ranked(RecipeTrial& trial) {
  std::vector<const Candidate*> order;
  for (const Candidate& candidate : trial.candidates()) {
    if (candidate.alive && !candidate.hits.empty()) order.push_back(&candidate);
  }
  std::ranges::stable_sort(order, [](const Candidate* a, const Candidate* b) { return a->correct() > b->correct(); });
  return order;
}

/// Gives up those that are clearly worse than the best; returns how many are left.
std::size_t drop_the_worse(RecipeTrial& trial) {
  const std::vector<const Candidate*> order = ranked(trial);
  std::size_t left = 0;
  for (Candidate& candidate : trial.candidates()) {
    candidate.alive = candidate.alive && !metrics::clearly_better(order.front()->hits, candidate.hits);
    left += candidate.alive ? 1 : 0;
  }
  return left;
}

bool is_mirrored(const Recipe& a, const Recipe& b) {
  return a.colour != b.colour && a.std[0] == b.std[2] && a.std[1] == b.std[1] && a.mean[0] == b.mean[2] &&
         a.mean[1] == b.mean[1];
}

/// Why the rival that cannot be told from the best does not matter; empty: it does.
std::string excuse(const Candidate& best, const Candidate& rival) {
  if (best.hits.size() < kAlikeImages) return {};
  if (best.classes == rival.classes) return fmt::format("{} gives the same answers", rival.recipe.name);
  const bool usual_colours = best.recipe.colour == Recipe::Colour::kRgb && is_mirrored(best.recipe, rival.recipe);
  if (!usual_colours) return {};
  return fmt::format("{} is not told apart but no better: {:.1f} %", rival.recipe.name,
                     points_of(rival, rival.hits.size()));
}

RecipeTrialRecord record_of(RecipeTrial& trial) {
  RecipeTrialRecord record{.cell = trial.subject().cell, .seconds = trial.seconds(), .scores = {}};
  for (const Candidate& candidate : trial.candidates()) {
    record.scores.push_back(
        {candidate.recipe.name, static_cast<std::int64_t>(candidate.hits.size()), candidate.correct()});
  }
  std::ranges::stable_sort(record.scores, [](const RecipeScore& a, const RecipeScore& b) {
    return a.images != b.images ? a.images > b.images : a.correct > b.correct;
  });
  return record;
}

/// "unit 88.3 %, torch 87.0 %; give --recipe unit or --recipe torch".
std::string choices(const std::vector<const Candidate*>& order, std::size_t images) {
  std::vector<std::string> scores;
  std::vector<std::string> flags;
  for (std::size_t i = 0; i < std::min(order.size(), kShownCandidates); ++i) {
    scores.push_back(score_text(*order[i], images));
    flags.push_back("--recipe " + typed_name(order[i]->recipe));
  }
  return fmt::format("{}; give {}", fmt::join(scores, ", "), fmt::join(flags, " or "));
}

/// Whether the images decide for the other order of the classes: the question, or nothing. All living candidates count,
/// for in the wrong order the right recipe need not be the best.
std::string order_question(RecipeTrial& trial, const datasets::Dataset& dataset) {
  const std::vector<int> other = dataset.other_order();
  if (other.empty()) return {};
  const Candidate* best = nullptr;
  std::vector<std::uint8_t> best_hits;
  std::int64_t most = -1;
  for (const Candidate& candidate : trial.candidates()) {
    if (!candidate.alive) continue;
    std::vector<std::uint8_t> hits;
    for (std::size_t i = 0; i < candidate.classes.size(); ++i) {
      hits.push_back(candidate.classes[i] == other[static_cast<std::size_t>(trial.labels()[i])] ? 1 : 0);
    }
    const std::int64_t right = std::ranges::count(hits, std::uint8_t{1});
    if (right <= most) continue;
    most = right;
    best = &candidate;
    best_hits = std::move(hits);
  }
  const std::vector<const Candidate*> order = ranked(trial);
  if (best == nullptr || order.empty() || !metrics::clearly_better(best_hits, order.front()->hits)) return {};
  const bool numeric = dataset.facts().class_order.find("numeric") != std::string::npos ||
                       dataset.facts().class_order.find("number") != std::string::npos;
  return fmt::format(
      "the images decide against the order of the classes ({}): in {} order {} of {} are right, in this one {}; give "
      "--class-order {} or --class-order {}",
      dataset.facts().class_order, numeric ? "text" : "numeric", most, best_hits.size(), order.front()->correct(),
      numeric ? "text" : "numeric", numeric ? "numeric" : "text");
}

/// Looks until one candidate is left or time or images are used up.
class Search {
 public:
  Search(const RecipeSubject& subject, const datasets::Dataset& dataset, std::vector<Recipe> candidates)
      : dataset_(dataset), trial_(subject, dataset, std::move(candidates)) {}

  RecipeAnswer run() {
    std::size_t images = kFirstLook;
    while (trial_.look(images)) {
      if (std::string question = order_question(trial_, dataset_); !question.empty()) {
        return {.question = std::move(question), .trial = record_of(trial_)};
      }
      if (drop_the_worse(trial_) <= 1 || !more_is_possible()) break;
      images = std::max(kSecondLook, 2 * trial_.shown());
    }
    return trial_.outcome().ok() ? answer() : RecipeAnswer{.outcome = trial_.outcome()};
  }

 private:
  [[nodiscard]] bool more_is_possible() const {
    if (trial_.shown() >= trial_.available()) return false;
    // The next look shows as many images as all before it, to fewer candidates.
    const bool slow = trial_.shown() < kSlowImages;
    return trial_.seconds() < (slow ? kSlowSearchSeconds : kSearchSeconds) / 2;
  }

  RecipeAnswer answer() {
    const std::vector<const Candidate*> order = ranked(trial_);
    RecipeAnswer answer{.trial = record_of(trial_)};
    if (order.empty() || trial_.usable() == 0) {
      answer.question = "not one image could be used to find the recipe";
      return answer;
    }
    const Candidate& best = *order.front();
    const std::size_t images = trial_.usable();
    if (is_guessing(best, images)) {
      answer.question = fmt::format(
          "no usual recipe makes it right more often than guessing would ({} of {} images with the best, {} classes): "
          "the classes may come in another order than the model's (give --labels), or {}",
          best.correct(), images, dataset_.class_names().size(), "the values are unusual ones (give --recipe)");
      return answer;
    }
    std::string excuses;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const std::string text = excuse(best, *order[i]);
      if (text.empty()) {
        answer.question =
            fmt::format("{} images do not decide which values it wants: {}", images, choices(order, images));
        return answer;
      }
      excuses += "; " + text;
    }
    answer.recipe = best.recipe;
    answer.why = fmt::format("found: right for {} of {} images ({:.1f} %), the other {} usual recipes are worse{}",
                             best.correct(), images, points_of(best, images), trial_.candidates().size() - order.size(),
                             excuses);
    return answer;
  }

  [[nodiscard]] bool is_guessing(const Candidate& best, std::size_t images) const {
    const auto right = static_cast<std::size_t>(best.correct());
    return metrics::proportion_interval(right, images, kGuessConfidence).low <=
           1.0 / static_cast<double>(dataset_.class_names().size());
  }

  const datasets::Dataset& dataset_;
  RecipeTrial trial_;
};

}  // namespace

RecipeAnswer find_recipe(const RecipeSubject& subject, const datasets::Dataset& dataset, int label_offset) {
  std::vector<Recipe> candidates = datasets::usual_recipes(subject.shape.channels);
  for (Recipe& recipe : candidates) recipe.label_offset = label_offset;
  return Search(subject, dataset, std::move(candidates)).run();
}

RecipeAnswer check_class_order(const RecipeSubject& subject, const datasets::Dataset& dataset, const Recipe& given) {
  RecipeAnswer answer{.recipe = given};
  if (dataset.other_order().empty()) return answer;
  RecipeTrial trial(subject, dataset, {given});
  if (!trial.look(2 * kSecondLook)) {
    answer.outcome = trial.outcome();
    return answer;
  }
  answer.trial = record_of(trial);
  answer.question = order_question(trial, dataset);
  if (!answer.question.empty()) answer.recipe.reset();
  return answer;
}

RecipeAnswer check_recipe(const RecipeSubject& subject, const datasets::Dataset& dataset,
                          const datasets::DerivedRecipe& known) {
  std::vector<Recipe> candidates{known.recipe};
  for (Recipe& recipe : datasets::usual_recipes(subject.shape.channels)) {
    recipe.label_offset = known.recipe.label_offset;
    if (!same_values(recipe, known.recipe)) candidates.push_back(std::move(recipe));
  }
  RecipeTrial trial(subject, dataset, std::move(candidates));
  const Candidate& own = trial.candidates().front();
  RecipeAnswer answer{.recipe = known.recipe, .why = known.why};
  for (const std::size_t images : {kFirstLook, kSecondLook, 4 * kSecondLook}) {
    if (!trial.look(images)) {
      answer.outcome = trial.outcome();
      return answer;
    }
    answer.trial = record_of(trial);
    if (std::string question = order_question(trial, dataset); !question.empty()) {
      answer.recipe.reset();
      answer.question = std::move(question);
      return answer;
    }
    const Candidate& best = *ranked(trial).front();
    const bool better = metrics::clearly_better(best.hits, own.hits);
    if (!better && (images >= kSecondLook || trial.seconds() > kCheckSeconds)) return answer;
    const bool enough = images > kSecondLook || trial.shown() >= trial.available();
    const std::size_t seen = trial.usable();
    if (!better || !enough || points_of(best, seen) < points_of(own, seen) + kContradictionPoints) continue;
    answer.recipe.reset();
    answer.question = fmt::format("{}, but on {} images {}", known.why, seen, choices({&best, &own}, seen));
    return answer;
  }
  return answer;
}

}  // namespace qbench::engine
