// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/recipe_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/metrics/best_of.h"
#include "core/metrics/intervals.h"
#include "datasets/usual_recipes.h"
#include "harness/engine/recipe_ranking.h"

namespace qbench::engine {
namespace {

using Candidate = RecipeTrial::Candidate;

constexpr std::size_t kFirstLook = 16;
constexpr std::size_t kSecondLook = kFewestForColours;
constexpr double kSearchSeconds = 2.0;
constexpr double kSlowSearchSeconds = 20.0;
constexpr std::size_t kSlowImages = 256;
constexpr double kCheckSeconds = 1.0;
/// Fewer images than this cannot show that two recipes answer alike.
constexpr std::size_t kAlikeImages = 200;
constexpr double kGuessConfidence = 0.99;
constexpr double kContradictionPoints = 5.0;

/// Looks until one candidate is left or time or images are used up.
class Search {
 public:
  Search(const RecipeSubject& subject, const datasets::Dataset& dataset, std::vector<Recipe> candidates)
      : dataset_(dataset), candidates_(candidates.size()), trial_(subject, dataset, std::move(candidates)) {}

  RecipeAnswer run() {
    std::size_t images = kFirstLook;
    std::size_t alive = trial_.candidates().size();
    double before_s = trial_.seconds();
    while (trial_.look(images)) {
      if (std::string question = order_question(trial_, dataset_); !question.empty()) {
        return {.question = std::move(question), .trial = record_of(trial_)};
      }
      const std::size_t left = drop_the_worse(trial_);
      const double share_alive = static_cast<double>(left) / static_cast<double>(alive);
      if (left <= 1 || !more_is_possible(trial_.seconds() - before_s, share_alive)) break;
      alive = left;
      before_s = trial_.seconds();
      images = std::max(kSecondLook, 2 * trial_.shown());
    }
    return trial_.outcome().ok() ? answer() : RecipeAnswer{.outcome = trial_.outcome()};
  }

 private:
  /// Whether the next look, of as many images as all before it, ends in time: it takes what the last one took by the
  /// number of images and of those who are still alive.
  [[nodiscard]] bool more_is_possible(double last_look_s, double share_alive) const {
    if (trial_.shown() >= trial_.available()) return false;
    const double limit = trial_.shown() < kSlowImages ? kSlowSearchSeconds : kSearchSeconds;
    return trial_.seconds() + 2.0 * last_look_s * share_alive < limit;
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
    return chosen(order, std::move(answer));
  }

  /// The best one, unless a rival cannot be told from it.
  RecipeAnswer chosen(const std::vector<const Candidate*>& order, RecipeAnswer answer) const {
    const Candidate& best = *order.front();
    const std::size_t images = trial_.usable();
    const Candidate* taken = &best;
    std::string excuses;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const Candidate& rival = *order[i];
      const bool enough = images >= kAlikeImages;
      const bool twins = mirrored_colours(best.recipe, rival.recipe);
      if (enough && (twins ? are_gray(best, rival) : best.classes == rival.classes)) {
        excuses += fmt::format("; {} gives the same answers", rival.recipe.name);
      } else if (enough && twins) {
        taken = best.recipe.colour == Recipe::Colour::kRgb ? &best : &rival;
        answer.colours_assumed = colours_text(*taken, taken == &best ? rival : best);
      } else {
        answer.question =
            fmt::format("{} images do not decide which values it wants: {}", images, choices(order, images));
        return answer;
      }
    }
    answer.recipe = taken->recipe;
    answer.why = fmt::format("found: right for {} of {} images ({:.1f} %), the other {} usual recipes are worse{}",
                             taken->correct(), images, points_of(*taken, images), candidates_ - order.size(), excuses);
    return answer;
  }

  [[nodiscard]] bool is_guessing(const Candidate& best, std::size_t images) const {
    const auto right = static_cast<std::size_t>(best.correct());
    return metrics::proportion_interval(right, images, kGuessConfidence).low <=
           1.0 / static_cast<double>(dataset_.class_names().size());
  }

  const datasets::Dataset& dataset_;
  std::size_t candidates_;
  RecipeTrial trial_;
};

/// The same values in the other order of colours, which models hardly ever state.
const Candidate* twin_of(RecipeTrial& trial, const Candidate& own) {
  const auto twin = std::ranges::find_if(
      trial.candidates(), [&](const Candidate& other) { return mirrored_colours(own.recipe, other.recipe); });
  return twin == trial.candidates().end() ? nullptr : &*twin;
}

/// Holds what is known against the candidates of a trial, look by look.
class Check {
 public:
  Check(RecipeTrial& trial, const datasets::Dataset& dataset, const datasets::DerivedRecipe& known)
      : trial_(trial), dataset_(dataset), known_(known), own_(trial.candidates().front()) {}

  RecipeAnswer run() {
    RecipeAnswer answer{.recipe = known_.recipe, .why = known_.why};
    for (const std::size_t images : {kFirstLook, kSecondLook, 4 * kSecondLook}) {
      if (!trial_.look(images)) {
        answer.outcome = trial_.outcome();
        return answer;
      }
      if (judge(images, answer)) break;
    }
    const Candidate* twin = twin_of(trial_, own_);
    if (answer.recipe && twin != nullptr && answer.recipe->colour == own_.recipe.colour && !colours_told(*twin)) {
      answer.colours_assumed = colours_text(own_, *twin);
    }
    answer.trial = record_of(trial_);
    return answer;
  }

 private:
  /// True when no further look is needed.
  bool judge(std::size_t images, RecipeAnswer& answer) {
    const bool last = images > kSecondLook || trial_.shown() >= trial_.available();
    const std::size_t seen = trial_.usable();
    answer.question = order_question(trial_, dataset_);
    const Candidate& best = *ranked(trial_).front();
    const Candidate* twin = twin_of(trial_, own_);
    const bool better = metrics::clearly_better(best.hits, own_.hits);
    if (answer.question.empty() && twin != nullptr && seen >= kSecondLook && is_better_twin(*twin, own_)) {
      answer.recipe = twin->recipe;
      answer.why = fmt::format("{}; found: the colours in BGR order ({} of {} images right, {} in RGB)", known_.why,
                               twin->correct(), seen, own_.correct());
      return true;
    }
    if (answer.question.empty() && better && last &&
        points_of(best, seen) >= points_of(own_, seen) + kContradictionPoints) {
      answer.question = fmt::format("{}, but on {} images {}", known_.why, seen, choices({&best, &own_}, seen));
    }
    if (!answer.question.empty()) {
      answer.recipe.reset();
      return true;
    }
    const bool told = twin == nullptr || colours_told(*twin);
    return !better && (trial_.seconds() > kCheckSeconds || (images >= kSecondLook && told));
  }

  [[nodiscard]] bool colours_told(const Candidate& twin) const {
    return is_better_twin(own_, twin) || are_gray(own_, twin);
  }

  RecipeTrial& trial_;
  const datasets::Dataset& dataset_;
  const datasets::DerivedRecipe& known_;
  const Candidate& own_;
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
  return Check(trial, dataset, known).run();
}

}  // namespace qbench::engine
