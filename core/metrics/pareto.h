// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace qbench::metrics {

/// Which variants are worth having: those that no other beats in latency, size, memory and accuracy together.

struct TradeoffVariant {
  /// ln(this / baseline) per round, zeros for the baseline; the same rounds for every variant.
  std::vector<double> log_ratios;
  /// Per image 1 when top-1 is right, else 0; the same images for every variant. All empty: accuracy is left out.
  std::vector<std::uint8_t> right;
  double size_bytes = 0.0;
  double memory_bytes = 0.0;
};

struct TradeoffOptions {
  double latency_margin = 0.01;    ///< "equivalent" latency is within this fraction
  double accuracy_margin = 0.005;  ///< "no worse" accuracy is within this fraction of the images
  double memory_margin = 0.01;     ///< memory differs only by more than this fraction (pages come and go)
  double alpha = 0.05;             ///< of a false claim "dominates"; latency and accuracy get half each
  std::size_t draws = 10'000;
  std::uint64_t seed = 20'240'501;
};

struct TradeoffVerdict {
  bool on_front = true;
  /// A variant that dominates this one with evidence, when there is one.
  std::optional<std::size_t> dominated_by;
  /// Share of the bootstrap draws (rounds and images drawn again independently, shared by all variants) in which this
  /// variant was on the front of the drawn figures.
  double front_share = 1.0;
};

/// A dominates B only with evidence: A is FASTER than or EQUIVALENT to B by judge_latency() over the same rounds, the
/// one-sided upper bound of its accuracy drop against B is below the margin, size and memory are no larger, and at
/// least one is a strict win (FASTER, smaller, less memory, or a drop whose bound is below 0). Otherwise both stay: a
/// variant too little measured is never thrown out. Should the evidence run in a circle, nobody in it is thrown out.
/// One verdict per variant, in order. Throws Error(kUsage) when rounds or images differ in number between variants,
/// there are no rounds, or a figure is not finite.
[[nodiscard]] std::vector<TradeoffVerdict> pareto_front(const std::vector<TradeoffVariant>& variants,
                                                        const TradeoffOptions& options = {});

/// The figures of one variant: three to be small, one to be large.
struct TradeoffPoint {
  double log_latency = 0.0;
  double size_bytes = 0.0;
  double memory_bytes = 0.0;
  double accuracy = 0.0;
};

/// No worse in anything and better in something, memory compared with its margin, the rest exactly.
[[nodiscard]] bool dominates(const TradeoffPoint& a, const TradeoffPoint& b, double memory_margin = 0.01);

}  // namespace qbench::metrics
