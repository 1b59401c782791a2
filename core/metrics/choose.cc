// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/choose.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "core/assert.h"
#include "core/error.h"
#include "core/nearest.h"

namespace qbench::metrics {
namespace {

constexpr std::string_view kOption = "--choose";

enum class Kind { kTime, kBytes, kFraction, kPoints, kFactor };

struct QualityRow {
  Quality quality;
  std::string_view name;
  Kind kind;
};

constexpr std::array<QualityRow, 10> kQualities{{
    {Quality::kLatency, "latency", Kind::kTime},
    {Quality::kLatency64, "latency64", Kind::kTime},
    {Quality::kSpeedup, "speedup", Kind::kFactor},
    {Quality::kLoad, "load", Kind::kTime},
    {Quality::kSize, "size", Kind::kBytes},
    {Quality::kRss, "rss", Kind::kBytes},
    {Quality::kTop1, "top1", Kind::kFraction},
    {Quality::kTop5, "top5", Kind::kFraction},
    {Quality::kDrop, "drop", Kind::kPoints},
    {Quality::kFlips, "flips", Kind::kFraction},
}};

struct UnitRow {
  Kind kind;
  std::string_view name;
  double factor;
};

constexpr double kKibi = 1024.0;
constexpr std::array<UnitRow, 16> kUnits{{
    {Kind::kTime, "ns", 1e-9},
    {Kind::kTime, "us", 1e-6},
    {Kind::kTime, "ms", 1e-3},
    {Kind::kTime, "s", 1.0},
    {Kind::kBytes, "B", 1.0},
    {Kind::kBytes, "kB", 1e3},
    {Kind::kBytes, "KB", 1e3},
    {Kind::kBytes, "MB", 1e6},
    {Kind::kBytes, "GB", 1e9},
    {Kind::kBytes, "KiB", kKibi},
    {Kind::kBytes, "MiB", kKibi* kKibi},
    {Kind::kBytes, "GiB", kKibi* kKibi* kKibi},
    {Kind::kFraction, "%", 0.01},
    {Kind::kPoints, "pp", 0.01},
    {Kind::kFactor, "x", 1.0},
    {Kind::kFactor, "", 1.0},
}};

const QualityRow& row_of(Quality quality) noexcept {
  const auto row = std::ranges::find(kQualities, quality, &QualityRow::quality);
  QBENCH_ASSERT(row != kQualities.end());
  return *row;
}

const QualityRow& row_named(std::string_view name, std::string_view term) {
  for (const QualityRow& row : kQualities) {
    if (row.name == name) return row;
  }
  std::vector<std::string> names;
  for (const QualityRow& row : kQualities) names.emplace_back(row.name);
  throw Error(ErrorCode::kUsage, "{} '{}': nothing is called '{}'{}", kOption, term, name, nearest_hint(name, names));
}

double unit_factor(const Comparison& term, const QualityRow& row) {
  std::vector<std::string_view> known;
  for (const UnitRow& unit : kUnits) {
    if (unit.kind != row.kind) continue;
    if (unit.name == term.unit) return unit.factor;
    if (!unit.name.empty()) known.push_back(unit.name);
  }
  throw Error(ErrorCode::kUsage, "{} '{}': {} needs a unit of {}, not '{}'", kOption, term.text, row.name,
              fmt::join(known, ", "), term.unit);
}

/// "min latency" -> the row after the verb, or nullptr when `term` does not begin with it.
const QualityRow* objective_after(std::string_view verb, std::string_view term) {
  if (!term.starts_with(verb) || term.size() == verb.size() ||
      (term[verb.size()] != ' ' && term[verb.size()] != '\t')) {
    return nullptr;
  }
  const std::size_t name = term.find_first_not_of(" \t", verb.size());
  return &row_named(term.substr(name), term);
}

/// How far beyond its limit a value is, relative to the limit: 0 or less when it is met.
double relative_miss(const Constraint& constraint, double value) {
  const bool is_upper = constraint.op == Comparison::Op::kAtMost || constraint.op == Comparison::Op::kLess;
  const Kind kind = row_of(constraint.quality).kind;
  const double unit = kind == Kind::kFraction || kind == Kind::kPoints ? 0.01 : 1.0;
  const double scale = constraint.limit == 0.0 ? unit : std::abs(constraint.limit);
  return (is_upper ? value - constraint.limit : constraint.limit - value) / scale;
}

ConstraintState state_of(const Constraint& constraint, const Qualities& candidate) {
  const auto found = candidate.find(constraint.quality);
  if (found == candidate.end()) return ConstraintState::kNotMeasured;
  const Measured& measured = found->second;
  const auto holds = [&](double x) { return Comparison::holds(constraint.op, x, constraint.limit); };
  if (!holds(measured.value)) return ConstraintState::kMissed;
  const Interval seen = measured.interval.value_or(Interval{measured.value, measured.value});
  return holds(seen.low) && holds(seen.high) ? ConstraintState::kProven : ConstraintState::kMet;
}

CandidateCheck check(const ChoiceRule& rule, const Qualities& candidate) {
  for (const auto& [quality, measured] : candidate) {
    if (!std::isfinite(measured.value)) {
      throw Error(ErrorCode::kUsage, "{}: a {} of {} cannot be judged", kOption, quality_name(quality), measured.value);
    }
  }
  CandidateCheck result;
  const bool has_objective = candidate.contains(rule.objective);
  result.qualifies = has_objective;
  result.proven = has_objective;
  for (const Constraint& constraint : rule.constraints) {
    const ConstraintState state = state_of(constraint, candidate);
    result.states.push_back(state);
    if (state != ConstraintState::kProven) result.proven = false;
    if (state == ConstraintState::kMissed || state == ConstraintState::kNotMeasured) result.qualifies = false;
  }
  return result;
}

double worst_miss(const ChoiceRule& rule, const Qualities& candidate) {
  double worst = candidate.contains(rule.objective) ? 0.0 : std::numeric_limits<double>::infinity();
  for (const Constraint& constraint : rule.constraints) {
    const auto found = candidate.find(constraint.quality);
    if (found == candidate.end()) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, relative_miss(constraint, found->second.value));
  }
  return worst;
}

}  // namespace

std::string_view quality_name(Quality quality) noexcept { return row_of(quality).name; }

ChoiceRule parse_choice(std::string_view text) {
  ChoiceRule rule;
  bool has_objective = false;
  for (const std::string& term : split_terms(text, kOption)) {
    const QualityRow* smallest = objective_after("min", term);
    const QualityRow* largest = objective_after("max", term);
    if (smallest == nullptr && largest == nullptr) {
      const Comparison comparison = parse_comparison(term, kOption);
      const QualityRow& row = row_named(comparison.name, term);
      const double limit = comparison.value * unit_factor(comparison, row);
      rule.constraints.push_back({row.quality, comparison.op, limit, comparison.text});
      continue;
    }
    if (has_objective) throw Error(ErrorCode::kUsage, "{} '{}': only one min or max can decide", kOption, text);
    has_objective = true;
    rule.minimize = smallest != nullptr;
    rule.objective = (smallest != nullptr ? smallest : largest)->quality;
  }
  if (!has_objective) {
    throw Error(ErrorCode::kUsage, "{} '{}': say what decides, for example 'min latency' or 'max top1'", kOption, text);
  }
  return rule;
}

Choice choose(const ChoiceRule& rule, const std::vector<Qualities>& candidates) {
  Choice result;
  const auto is_better = [&](std::size_t candidate, const std::optional<std::size_t>& best) {
    if (!best) return true;
    const double value = candidates[candidate].at(rule.objective).value;
    const double best_value = candidates[*best].at(rule.objective).value;
    return rule.minimize ? value < best_value : value > best_value;
  };
  double nearest_miss = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const CandidateCheck& checked = result.checks.emplace_back(check(rule, candidates[i]));
    if (checked.qualifies && is_better(i, result.chosen)) result.chosen = i;
    if (checked.proven && is_better(i, result.chosen_proven)) result.chosen_proven = i;
    const double miss = worst_miss(rule, candidates[i]);
    if (!checked.qualifies && miss < nearest_miss) {
      nearest_miss = miss;
      result.nearest = i;
    }
  }
  if (result.chosen) result.nearest = std::nullopt;
  return result;
}

}  // namespace qbench::metrics
