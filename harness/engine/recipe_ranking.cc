// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/recipe_ranking.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "core/metrics/best_of.h"
#include "core/units.h"

namespace qbench::engine {
namespace {

using Candidate = RecipeTrial::Candidate;

constexpr std::size_t kShownCandidates = 3;

std::string score_text(const Candidate& candidate, std::size_t images) {
  return fmt::format("{} {:.1f} %", candidate.recipe.name, points_of(candidate, images));
}

/// The name that --recipe takes.
std::string typed_name(const Recipe& recipe) { return recipe.name.substr(0, recipe.name.find(" (")); }

/// Of each pair that differs in the order of colours alone the one that is clearly less sure.
void drop_the_less_sure(RecipeTrial& trial) {
  for (Candidate& candidate : trial.candidates()) {
    for (const Candidate& twin : trial.candidates()) {
      if (!candidate.alive || !twin.alive || !mirrored_colours(candidate.recipe, twin.recipe)) continue;
      candidate.alive = !is_better_twin(twin, candidate);
    }
  }
}

}  // namespace

double points_of(const Candidate& candidate, std::size_t images) {
  return kPercent * static_cast<double>(candidate.correct()) / static_cast<double>(std::max<std::size_t>(images, 1));
}

std::vector<const Candidate*> ranked(RecipeTrial& trial) {
  std::vector<const Candidate*> order;
  for (const Candidate& candidate : trial.candidates()) {
    if (candidate.alive && !candidate.hits.empty()) order.push_back(&candidate);
  }
  std::ranges::stable_sort(order, [](const Candidate* a, const Candidate* b) { return a->correct() > b->correct(); });
  return order;
}

bool is_better_twin(const Candidate& a, const Candidate& b) {
  if (metrics::clearly_better(a.hits, b.hits)) return true;
  return !metrics::clearly_better(b.hits, a.hits) && metrics::clearly_higher(a.margins, b.margins);
}

bool are_gray(const Candidate& a, const Candidate& twin) { return a.margins == twin.margins; }

std::size_t drop_the_worse(RecipeTrial& trial) {
  if (trial.usable() >= kFewestForColours) drop_the_less_sure(trial);
  const std::vector<const Candidate*> order = ranked(trial);
  if (order.empty()) return 0;
  std::size_t left = 0;
  for (Candidate& candidate : trial.candidates()) {
    candidate.alive = candidate.alive && !metrics::clearly_better(order.front()->hits, candidate.hits);
    left += candidate.alive ? 1 : 0;
  }
  return left;
}

std::string colours_text(const Candidate& own, const Candidate& twin) {
  const bool is_rgb = own.recipe.colour == Recipe::Colour::kRgb;
  const Candidate& rgb = is_rgb ? own : twin;
  const Candidate& bgr = is_rgb ? twin : own;
  return fmt::format("in {} order; of {} images {} are right in RGB and {} in BGR", is_rgb ? "RGB" : "BGR",
                     own.hits.size(), rgb.correct(), bgr.correct());
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

std::string choices(const std::vector<const Candidate*>& order, std::size_t images) {
  std::vector<std::string> scores;
  std::vector<std::string> flags;
  for (std::size_t i = 0; i < std::min(order.size(), kShownCandidates); ++i) {
    scores.push_back(score_text(*order[i], images));
    flags.push_back("--recipe " + typed_name(order[i]->recipe));
  }
  return fmt::format("{}; give {}", fmt::join(scores, ", "), fmt::join(flags, " or "));
}

std::string order_question(RecipeTrial& trial, const datasets::Dataset& dataset) {
  const std::vector<int> other = dataset.other_order();
  if (other.empty()) return {};
  // All living candidates count: in the wrong order of classes the right recipe need not be the best.
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

}  // namespace qbench::engine
