// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/metrics/intervals.h"
#include "core/metrics/location_tests.h"

namespace qbench::metrics {

/// Is B slower than the baseline A? Both were timed in short blocks, one of each in every round, in a drawn order.
/// A block counts by its median, a round by d = ln(B / A), and the verdict comes from the rounds alone: samples inside
/// a block depend on each other, rounds decide by a fair coin.

/// ln(other / baseline) round by round. Throws Error(kUsage) unless both have the same number of finite, positive
/// block medians.
[[nodiscard]] std::vector<double> log_ratios(std::span<const double> baseline, std::span<const double> other);

/// exp(log_ratio) - 1: 0.02 is "2 % slower".
[[nodiscard]] double relative_change(double log_ratio);

enum class LatencyAnswer {
  kFaster,             ///< the interval is below zero and the estimate beyond the margin
  kSlower,             ///< mirrored
  kDifferentButSmall,  ///< the interval excludes zero, the estimate is inside the margin, and so not proven to stay so
  kEquivalent,         ///< shown to be inside the margin (a difference inside it may be certain as well)
  kInconclusive,       ///< nothing shown: more rounds are needed
  kInsufficient,       ///< fewer than kLeastRounds rounds: no verdict is given at all
};

/// "FASTER", "DIFFERENT BUT SMALL", ...
[[nodiscard]] std::string_view answer_name(LatencyAnswer answer) noexcept;

inline constexpr std::size_t kLeastRounds = 10;
/// Rounds that are timed one right after the other; then the run visits something else.
inline constexpr int kRoundsAVisit = 5;
/// From here on the exact order-statistic interval; below it is too wide and Yuen's is taken.
inline constexpr std::size_t kLeastExactRounds = 30;

struct LatencyVerdictOptions {
  double margin = 0.01;             ///< a change below this fraction does not matter (2 % on noisy boards)
  double alpha = 0.01;              ///< false alarms over all looks together
  double equivalence_alpha = 0.05;  ///< wrong EQUIVALENT over all looks together
  std::size_t looks = 1;            ///< how often the plan may look at most: both alphas are divided by it
  double seconds_per_round = 0.0;   ///< when known (> 0), more_rounds is given in seconds too
};

/// All logarithmic; relative_change() makes percentages.
struct LatencyVerdict {
  LatencyAnswer answer = LatencyAnswer::kInsufficient;
  std::size_t rounds = 0;
  std::size_t ties = 0;
  double estimate = 0.0;   ///< the median (Yuen: trimmed mean) of ln(B/A); 0 without rounds
  double allowance = 0.0;  ///< for slow changes, slow_change_allowance(): what `interval` holds beside the scatter
  /// The rest is absent for kInsufficient.
  std::optional<LocationMethod> method;
  std::optional<Interval> interval;              ///< at 1 - alpha/looks, with the allowance
  std::optional<Interval> equivalence_interval;  ///< at 1 - 2 equivalence_alpha/looks, with the allowance
  /// Of "no difference" over all looks: p of this look times `looks`, at most 1. The chance that any of L looks gives
  /// p <= alpha/L is at most alpha, so this is a p-value however the run came to stop, and at most alpha where
  /// `interval` excludes zero. p of a look is the test's, its normal quantile made smaller by what the allowance makes
  /// the interval wider towards zero.
  std::optional<double> p_value;
  bool excludes_zero = false;  ///< `interval` does
  bool inside_margin = false;  ///< `equivalence_interval` is
  /// kInconclusive: rounds after which, were the estimate and the spread to stay, a difference or the equivalence would
  /// show, whichever comes first: P (half width / distance to bridge)^2 - P. kInsufficient: rounds up to kLeastRounds.
  std::optional<std::size_t> more_rounds;
  std::optional<double> more_seconds;
};

/// The interval carries the scatter of the rounds and how far the level moved during the run (slow_changes.h): it
/// speaks of the machine, not of these seconds. Changes slower than the run are in no figure of it. SLOWER: interval
/// above 0 and estimate >= ln(1 + margin). FASTER: mirrored. Else EQUIVALENT: two one-sided tests, the equivalence
/// interval inside +-ln(1 + margin) (Schuirmann 1987). Else DIFFERENT BUT SMALL: interval without 0. Else INCONCLUSIVE.
/// Throws Error(kUsage) on ratios that are not finite or options outside their ranges.
[[nodiscard]] LatencyVerdict judge_latency(std::span<const double> ratios, const LatencyVerdictOptions& options = {});

/// Rounds at which a verdict may be asked for. Looking elsewhere, or again, breaks the false-alarm rate.
struct LookPlan {
  std::vector<std::size_t> rounds{40, 80, 160};
};

/// The default looks within a run of at most `rounds` rounds, which is the last one: 3 looks at most.
[[nodiscard]] LookPlan looks_up_to(std::size_t rounds);

/// Up to how many rounds to go on after `done` rounds with this answer; nullopt when the answer is FASTER, SLOWER or
/// EQUIVALENT, or the plan is used up.
[[nodiscard]] std::optional<std::size_t> next_look(const LookPlan& plan, std::size_t done, LatencyAnswer answer);

/// The smallest change that such a run finds with probability `power` at two-sided `alpha`, as a fraction:
/// (z_(1-alpha/2) + z_power) * 1.2533 * robust_sd / sqrt(P), the normal approximation of the median's standard error.
/// Heavy tails make the true one larger. 0 when more than half of the ratios are equal.
[[nodiscard]] double detectable_change(std::span<const double> ratios, double alpha = 0.01, double power = 0.80);

}  // namespace qbench::metrics
