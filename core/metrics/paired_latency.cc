// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/paired_latency.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/assert.h"
#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"
#include "core/metrics/slow_changes.h"

namespace qbench::metrics {
namespace {

/// More rounds than this are hours of measuring: the answer "how many more" is then absent.
constexpr double kMostRounds = 1e9;
/// A smaller p has no normal quantile worth the name.
constexpr double kLeastP = 1e-300;

bool is_fraction(double value) { return value > 0.0 && value < 1.0; }

void require_options(const LatencyVerdictOptions& options) {
  if (!is_fraction(options.margin) || !is_fraction(options.alpha) || !is_fraction(2.0 * options.equivalence_alpha) ||
      options.looks == 0) {
    throw Error(ErrorCode::kUsage,
                "a latency verdict needs 0 < margin < 1, 0 < alpha < 1, 0 < equivalence alpha < 0.5 and a look; given "
                "{}, {}, {} and {}",
                options.margin, options.alpha, options.equivalence_alpha, options.looks);
  }
}

std::optional<LocationEstimate> estimate_at(std::span<const double> ratios, double confidence) {
  return ratios.size() < kLeastExactRounds ? yuen_estimate(ratios, confidence)
                                           : order_statistic_estimate(ratios, confidence);
}

/// Rounds in all until an interval of this half width shrinks to `distance`; infinite when there is nothing to bridge.
double rounds_to_shrink(double rounds, double half_width, double distance) {
  if (distance <= 0.0) return kMostRounds * 2.0;
  const double factor = half_width / distance;
  return rounds * factor * factor;
}

std::optional<std::size_t> rounds_missing(const LatencyVerdict& verdict, double log_margin) {
  const auto rounds = static_cast<double>(verdict.rounds);
  const double size = std::abs(verdict.estimate);
  const double to_differ = rounds_to_shrink(rounds, verdict.interval->half_width(), size);
  const double to_be_equal = rounds_to_shrink(rounds, verdict.equivalence_interval->half_width(), log_margin - size);
  const double total = std::min(to_differ, to_be_equal);
  if (total > kMostRounds) return std::nullopt;
  // A skewed interval can be narrow enough already and still on the wrong side: then one more round is the least.
  return static_cast<std::size_t>(std::ceil(std::max(1.0, total - rounds)));
}

/// p of a test whose interval about `estimate` was made wider: its normal quantile shrinks by the same factor.
double widened_p(const LocationEstimate& test, double allowance) {
  const double own = test.estimate > 0.0 ? test.estimate - test.interval.low : test.interval.high - test.estimate;
  if (allowance <= 0.0 || own <= 0.0 || test.p_value >= 1.0) return test.p_value;
  const double z = normal_quantile(std::max(test.p_value, kLeastP) / 2.0);
  return 2.0 * normal_cdf(z * own / std::hypot(own, allowance));
}

LatencyAnswer answer_of(const LatencyVerdict& verdict, double log_margin) {
  if (verdict.excludes_zero && verdict.estimate >= log_margin) return LatencyAnswer::kSlower;
  if (verdict.excludes_zero && verdict.estimate <= -log_margin) return LatencyAnswer::kFaster;
  if (verdict.inside_margin) return LatencyAnswer::kEquivalent;
  return verdict.excludes_zero ? LatencyAnswer::kDifferentButSmall : LatencyAnswer::kInconclusive;
}

}  // namespace

std::vector<double> log_ratios(std::span<const double> baseline, std::span<const double> other) {
  if (baseline.size() != other.size()) {
    throw Error(ErrorCode::kUsage, "{} rounds of the baseline but {} of the other", baseline.size(), other.size());
  }
  require_finite(baseline, "block medians of the baseline", 0);
  require_finite(other, "block medians", 0);
  std::vector<double> result(baseline.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (baseline[i] <= 0.0 || other[i] <= 0.0) {
      throw Error(ErrorCode::kUsage, "round {}: block medians {} and {} are not both positive", i, baseline[i],
                  other[i]);
    }
    result[i] = std::log(other[i]) - std::log(baseline[i]);
  }
  return result;
}

double relative_change(double log_ratio) { return std::expm1(log_ratio); }

std::string_view answer_name(LatencyAnswer answer) noexcept {
  switch (answer) {
    case LatencyAnswer::kFaster:
      return "FASTER";
    case LatencyAnswer::kSlower:
      return "SLOWER";
    case LatencyAnswer::kDifferentButSmall:
      return "DIFFERENT BUT SMALL";
    case LatencyAnswer::kEquivalent:
      return "EQUIVALENT";
    case LatencyAnswer::kInconclusive:
      return "INCONCLUSIVE";
    case LatencyAnswer::kInsufficient:
      return "INSUFFICIENT";
  }
  return "";
}

LatencyVerdict judge_latency(std::span<const double> ratios, const LatencyVerdictOptions& options) {
  require_options(options);
  require_finite(ratios, "log ratios", 0);
  LatencyVerdict verdict;
  verdict.rounds = ratios.size();
  const auto looks = static_cast<double>(options.looks);
  const double log_margin = std::log1p(options.margin);
  const std::optional<LocationEstimate> difference = estimate_at(ratios, 1.0 - options.alpha / looks);
  const std::optional<LocationEstimate> equivalence =
      estimate_at(ratios, 1.0 - 2.0 * options.equivalence_alpha / looks);
  if (ratios.size() < kLeastRounds || !difference || !equivalence) {
    verdict.ties = static_cast<std::size_t>(std::ranges::count(ratios, 0.0));
    verdict.estimate = ratios.empty() ? 0.0 : median(ratios);
    if (ratios.size() < kLeastRounds) verdict.more_rounds = kLeastRounds - ratios.size();
  } else {
    verdict.ties = difference->ties;
    verdict.estimate = difference->estimate;
    verdict.method = difference->method;
    verdict.allowance = slow_change_allowance(ratios);
    verdict.interval = with_allowance(difference->interval, difference->estimate, verdict.allowance);
    verdict.equivalence_interval = with_allowance(equivalence->interval, equivalence->estimate, verdict.allowance);
    verdict.p_value = std::min(1.0, looks * widened_p(*difference, verdict.allowance));
    verdict.excludes_zero = !verdict.interval->contains(0.0);
    verdict.inside_margin =
        verdict.equivalence_interval->low > -log_margin && verdict.equivalence_interval->high < log_margin;
    verdict.answer = answer_of(verdict, log_margin);
    if (verdict.answer == LatencyAnswer::kInconclusive) verdict.more_rounds = rounds_missing(verdict, log_margin);
  }
  if (verdict.more_rounds && options.seconds_per_round > 0.0) {
    verdict.more_seconds = static_cast<double>(*verdict.more_rounds) * options.seconds_per_round;
  }
  return verdict;
}

LookPlan looks_up_to(std::size_t rounds) {
  LookPlan plan;
  plan.rounds.pop_back();
  std::erase_if(plan.rounds, [rounds](std::size_t look) { return look >= rounds; });
  plan.rounds.push_back(rounds);
  return plan;
}

std::optional<std::size_t> next_look(const LookPlan& plan, std::size_t done, LatencyAnswer answer) {
  if (answer == LatencyAnswer::kFaster || answer == LatencyAnswer::kSlower || answer == LatencyAnswer::kEquivalent) {
    return std::nullopt;
  }
  for (const std::size_t look : plan.rounds) {
    if (look > done) return look;
  }
  return std::nullopt;
}

double detectable_change(std::span<const double> ratios, double alpha, double power) {
  if (!is_fraction(alpha) || !is_fraction(power)) {
    throw Error(ErrorCode::kUsage, "alpha {} and power {} must be between 0 and 1", alpha, power);
  }
  const double standard_error =
      std::sqrt(std::numbers::pi / 2.0) * robust_sd(ratios) / std::sqrt(static_cast<double>(ratios.size()));
  return std::expm1((normal_quantile(1.0 - alpha / 2.0) + normal_quantile(power)) * standard_error);
}

}  // namespace qbench::metrics
