// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/comparison.h"

namespace qbench::metrics {

/// Choosing one variant by a written rule: "drop<=0.5pp, size<=1MB, min latency".

/// What a rule can speak about, and the unit of its values here.
enum class Quality {
  kLatency,    ///< seconds of one invoke at batch 1
  kLatency64,  ///< seconds per image at batch 64
  kSpeedup,    ///< times as fast as the baseline
  kLoad,       ///< seconds until ready
  kSize,       ///< bytes of the file
  kRss,        ///< bytes of memory at the peak
  kTop1,       ///< fraction of the images
  kTop5,       ///< fraction of the images
  kDrop,       ///< top-1 of the baseline minus top-1, as a fraction of the images
  kFlips,      ///< images that changed between right and wrong, as a fraction
};

/// "latency", "latency64", "speedup", "load", "size", "rss", "top1", "top5", "drop", "flips".
[[nodiscard]] std::string_view quality_name(Quality quality) noexcept;

struct Constraint {
  Quality quality = Quality::kDrop;
  Comparison::Op op = Comparison::Op::kAtMost;
  double limit = 0.0;  ///< in the unit of the quality
  std::string text;    ///< as written
};

struct ChoiceRule {
  std::vector<Constraint> constraints;
  Quality objective = Quality::kLatency;
  bool minimize = true;
};

/// Grammar: terms between commas; constraints "<quality> <op> <number><unit>" with <=, <, >= or >, and exactly one
/// objective "min <quality>" or "max <quality>". Units: ns us ms s; B kB KB MB GB KiB MiB GiB; % (top1, top5, flips);
/// pp (drop); x or none (speedup). Throws Error(kUsage) with the term and a hint on anything else.
[[nodiscard]] ChoiceRule parse_choice(std::string_view text);

/// The measured qualities of one variant; one that was not measured is absent.
using Qualities = std::map<Quality, Measured>;

enum class ConstraintState {
  kProven,       ///< the value and its whole interval satisfy it
  kMet,          ///< the value satisfies it, its interval reaches beyond
  kMissed,       ///< the value does not
  kNotMeasured,  ///< the variant has no such value
};

struct CandidateCheck {
  std::vector<ConstraintState> states;  ///< in the order of the constraints
  /// No constraint is missed or not measured, and the objective is measured.
  bool qualifies = false;
  bool proven = false;  ///< qualifies with every constraint kProven
};

struct Choice {
  std::vector<CandidateCheck> checks;  ///< one per candidate
  /// The candidate that qualifies with the best objective (ties: the first); nullopt when none does.
  std::optional<std::size_t> chosen;
  /// The same among the proven ones: equal to `chosen` when the evidence suffices.
  std::optional<std::size_t> chosen_proven;
  /// When none qualifies: the candidate whose worst miss, relative to its limit (1 unit of 1 %, 1 point, 1 byte or 1 s
  /// for a limit of 0), is smallest; one with a value that was not measured is never the nearest.
  std::optional<std::size_t> nearest;
};

/// Throws Error(kUsage) when a value is not finite.
[[nodiscard]] Choice choose(const ChoiceRule& rule, const std::vector<Qualities>& candidates);

}  // namespace qbench::metrics
