// SPDX-License-Identifier: Apache-2.0
#include "reports/tradeoff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/metrics/pareto.h"
#include "core/metrics/round_ratios.h"
#include "core/units.h"
#include "reports/latency_columns.h"
#include "reports/recipe_text.h"

namespace qbench::reports {
namespace {

constexpr int kBatch = 1;

/// One cell's raw material: times by round, right answers by image.
struct Candidate {
  const CellRecord* cell = nullptr;
  std::map<int, double> rounds;
  std::map<std::uint32_t, bool> right;
};

/// Keys that all maps hold.
template <typename Key, typename Get>
std::vector<Key> common_keys(const std::vector<Candidate>& candidates, Get get) {
  std::vector<Key> keys;
  for (const auto& [key, ignored] : get(candidates.front())) {
    const bool everywhere = std::ranges::all_of(candidates, [&](const Candidate& c) { return get(c).contains(key); });
    if (everywhere) keys.push_back(key);
  }
  return keys;
}

const std::map<int, double>& rounds_of(const Candidate& candidate) { return candidate.rounds; }
const std::map<std::uint32_t, bool>& right_of(const Candidate& candidate) { return candidate.right; }

std::map<std::uint32_t, bool> right_answers(const CellRecord& cell, std::span<const CellPredictions> predictions) {
  std::map<std::uint32_t, bool> right;
  for (const CellPredictions& candidate : predictions) {
    if (candidate.cell != cell.id) continue;
    for (const Prediction& prediction : candidate.predictions) right[prediction.sample] = prediction.correct();
  }
  return right;
}

/// Why a cell cannot take part; empty when it can.
std::string reason_against(const Candidate& candidate, const CellRecord& baseline, bool with_accuracy) {
  const LaneRecord* lane = candidate.cell->lane(kBatch);
  if (lane == nullptr) return "not measured at batch 1";
  if (!lane->outcome.ok()) return fmt::format("batch 1: {}", status_name(lane->outcome.status));
  if (candidate.rounds.size() < metrics::kLeastRounds) return "fewer than 10 rounds";
  if (with_accuracy && candidate.right.empty()) return "no predictions";
  if (with_accuracy) return recipe_conflict(*candidate.cell, baseline);
  return {};
}

std::vector<Candidate> candidates_of(const Record& record, std::span<const CellPredictions> predictions,
                                     Tradeoff& tradeoff) {
  std::vector<Candidate> all;
  for (const CellRecord& cell : record.cells) {
    // Sides are one variant more than once, not variants of one another.
    if (!cell.side.empty() || &record.baseline_of(cell) != &record.cells.front()) continue;
    Candidate& candidate = all.emplace_back(Candidate{&cell, {}, right_answers(cell, predictions)});
    if (const LaneRecord* lane = cell.lane(kBatch)) candidate.rounds = metrics::round_medians(*lane);
    tradeoff.with_accuracy = tradeoff.with_accuracy || !candidate.right.empty();
  }
  std::erase_if(all, [&](const Candidate& candidate) {
    const std::string reason = reason_against(candidate, record.cells.front(), tradeoff.with_accuracy);
    if (!reason.empty()) tradeoff.left_out.push_back(candidate.cell->id + ": " + reason);
    return !reason.empty();
  });
  return all;
}

metrics::TradeoffVariant variant_of(const Candidate& candidate, const Candidate& baseline,
                                    const std::vector<int>& rounds, const std::vector<std::uint32_t>& images) {
  metrics::TradeoffVariant variant;
  for (int round : rounds) {
    variant.log_ratios.push_back(std::log(candidate.rounds.at(round) / baseline.rounds.at(round)));
  }
  for (std::uint32_t image : images) variant.right.push_back(candidate.right.at(image) ? 1 : 0);
  variant.size_bytes = static_cast<double>(candidate.cell->model.bytes);
  variant.memory_bytes = static_cast<double>(peak_rss_bytes(*candidate.cell->lane(kBatch)));
  return variant;
}

}  // namespace

Tradeoff judge_tradeoff(const Record& record, const Comparison& comparison,
                        std::span<const CellPredictions> predictions) {
  Tradeoff tradeoff;
  const std::vector<Candidate> candidates = candidates_of(record, predictions, tradeoff);
  if (candidates.size() < 2) return tradeoff;
  const auto rounds = common_keys<int>(candidates, rounds_of);
  const auto images = common_keys<std::uint32_t>(candidates, right_of);
  if (rounds.size() < metrics::kLeastRounds || (tradeoff.with_accuracy && images.empty())) return tradeoff;
  std::vector<metrics::TradeoffVariant> variants;
  for (const Candidate& candidate : candidates) {
    variants.push_back(variant_of(candidate, candidates.front(), rounds, images));
  }
  const auto verdicts =
      metrics::pareto_front(variants, {.latency_margin = comparison.settings.latency.margin,
                                       .accuracy_margin = comparison.settings.accuracy_margin_points / kPercent});
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    TradeoffRow row{candidates[i].cell->id, verdicts[i].on_front, {}, verdicts[i].front_share};
    if (verdicts[i].dominated_by) row.dominated_by = candidates[*verdicts[i].dominated_by].cell->id;
    tradeoff.rows.push_back(std::move(row));
  }
  return tradeoff;
}

}  // namespace qbench::reports
