// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/pareto.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/paired.h"
#include "core/metrics/paired_latency.h"
#include "core/metrics/random.h"

namespace qbench::metrics {
namespace {

void require_variants(const std::vector<TradeoffVariant>& variants, const TradeoffOptions& options) {
  if (options.draws == 0) throw Error(ErrorCode::kUsage, "a trade-off needs at least one bootstrap draw");
  for (const TradeoffVariant& variant : variants) {
    require_finite(variant.log_ratios, "log ratios of a variant");
    require_finite(std::vector{variant.size_bytes, variant.memory_bytes}, "size and memory of a variant");
    if (variant.log_ratios.size() != variants.front().log_ratios.size() ||
        variant.right.size() != variants.front().right.size()) {
      throw Error(ErrorCode::kUsage,
                  "a trade-off needs the same rounds and images for every variant: {} rounds and {} images against {} "
                  "and {}",
                  variant.log_ratios.size(), variant.right.size(), variants.front().log_ratios.size(),
                  variants.front().right.size());
    }
  }
}

bool less_memory(double a, double b, double margin) { return a * (1.0 + margin) < b; }

/// Images with the same answers of all variants, counted: all that drawing images again depends on.
struct Pattern {
  std::vector<std::uint8_t> right;
  std::size_t images = 0;
};

std::vector<Pattern> count_patterns(const std::vector<TradeoffVariant>& variants) {
  std::map<std::vector<std::uint8_t>, std::size_t> counts;
  std::vector<std::uint8_t> key(variants.size());
  for (std::size_t image = 0; image < variants.front().right.size(); ++image) {
    for (std::size_t v = 0; v < variants.size(); ++v) key[v] = variants[v].right[image] != 0 ? 1 : 0;
    ++counts[key];
  }
  std::vector<Pattern> patterns;
  for (const auto& [right, images] : counts) patterns.push_back({right, images});
  return patterns;
}

/// Accuracy of each variant over as many images drawn with replacement: a multinomial draw over the patterns.
std::vector<double> draw_accuracies(const std::vector<Pattern>& patterns, std::size_t variants, Random& random) {
  std::size_t total = 0;
  for (const Pattern& pattern : patterns) total += pattern.images;
  std::vector<double> accuracies(variants, 0.0);
  std::size_t to_draw = total;
  std::size_t remaining = total;
  for (const Pattern& pattern : patterns) {
    const double share = static_cast<double>(pattern.images) / static_cast<double>(remaining);
    const std::size_t drawn = random.binomial(to_draw, share);
    for (std::size_t v = 0; v < variants; ++v) {
      if (pattern.right[v] != 0) accuracies[v] += static_cast<double>(drawn) / static_cast<double>(total);
    }
    to_draw -= drawn;
    remaining -= pattern.images;
  }
  return accuracies;
}

std::vector<double> draw_latencies(const std::vector<TradeoffVariant>& variants, Random& random) {
  const std::size_t rounds = variants.front().log_ratios.size();
  std::vector<std::size_t> drawn(rounds);
  for (std::size_t& round : drawn) round = random.below(rounds);
  std::vector<double> latencies;
  std::vector<double> values(rounds);
  for (const TradeoffVariant& variant : variants) {
    for (std::size_t i = 0; i < rounds; ++i) values[i] = variant.log_ratios[drawn[i]];
    latencies.push_back(median(values));
  }
  return latencies;
}

std::vector<double> front_shares(const std::vector<TradeoffVariant>& variants, const TradeoffOptions& options) {
  const std::vector<Pattern> patterns = count_patterns(variants);
  Random random(options.seed);
  std::vector<std::size_t> on_front(variants.size(), 0);
  std::vector<TradeoffPoint> points(variants.size());
  for (std::size_t draw = 0; draw < options.draws; ++draw) {
    const std::vector<double> latencies = draw_latencies(variants, random);
    const std::vector<double> accuracies = draw_accuracies(patterns, variants.size(), random);
    for (std::size_t v = 0; v < variants.size(); ++v) {
      points[v] = {latencies[v], variants[v].size_bytes, variants[v].memory_bytes, accuracies[v]};
    }
    for (std::size_t v = 0; v < variants.size(); ++v) {
      const bool beaten = std::ranges::any_of(
          points, [&](const TradeoffPoint& other) { return dominates(other, points[v], options.memory_margin); });
      if (!beaten) ++on_front[v];
    }
  }
  std::vector<double> shares;
  for (const std::size_t count : on_front) {
    shares.push_back(static_cast<double>(count) / static_cast<double>(options.draws));
  }
  return shares;
}

bool dominates_with_evidence(const TradeoffVariant& a, const TradeoffVariant& b, const TradeoffOptions& options) {
  if (a.size_bytes > b.size_bytes || less_memory(b.memory_bytes, a.memory_bytes, options.memory_margin)) return false;
  std::vector<double> ratios(a.log_ratios.size());
  for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i] = a.log_ratios[i] - b.log_ratios[i];
  const double claim_alpha = options.alpha / 2.0;
  const LatencyVerdict latency =
      judge_latency(ratios, {.margin = options.latency_margin, .alpha = claim_alpha, .equivalence_alpha = claim_alpha});
  const bool faster = latency.answer == LatencyAnswer::kFaster;
  if (!faster && latency.answer != LatencyAnswer::kEquivalent) return false;
  bool more_accurate = false;
  if (!a.right.empty()) {
    const double bound = drop_upper_bound(count_flips(b.right, a.right), 1.0 - claim_alpha);
    if (bound >= options.accuracy_margin) return false;
    more_accurate = bound < 0.0;
  }
  return faster || more_accurate || a.size_bytes < b.size_bytes ||
         less_memory(a.memory_bytes, b.memory_bytes, options.memory_margin);
}

/// beats[a][b]: a is b, or a dominates b directly or over others.
std::vector<std::vector<bool>> reachable(std::vector<std::vector<bool>> beats) {
  for (std::size_t via = 0; via < beats.size(); ++via) {
    for (std::size_t a = 0; a < beats.size(); ++a) {
      for (std::size_t b = 0; b < beats.size(); ++b) {
        if (beats[a][via] && beats[via][b]) beats[a][b] = true;
      }
    }
  }
  return beats;
}

}  // namespace

bool dominates(const TradeoffPoint& a, const TradeoffPoint& b, double memory_margin) {
  const bool no_worse = a.log_latency <= b.log_latency && a.size_bytes <= b.size_bytes && a.accuracy >= b.accuracy &&
                        !less_memory(b.memory_bytes, a.memory_bytes, memory_margin);
  return no_worse && (a.log_latency < b.log_latency || a.size_bytes < b.size_bytes || a.accuracy > b.accuracy ||
                      less_memory(a.memory_bytes, b.memory_bytes, memory_margin));
}

std::vector<TradeoffVerdict> pareto_front(const std::vector<TradeoffVariant>& variants,
                                          const TradeoffOptions& options) {
  if (variants.empty()) return {};
  require_variants(variants, options);
  const std::size_t n = variants.size();
  std::vector<std::vector<bool>> direct(n, std::vector<bool>(n, false));
  for (std::size_t a = 0; a < n; ++a) {
    for (std::size_t b = 0; b < n; ++b) {
      if (a != b) direct[a][b] = dominates_with_evidence(variants[a], variants[b], options);
    }
  }
  const std::vector<std::vector<bool>> beats = reachable(direct);
  const std::vector<double> shares = front_shares(variants, options);
  std::vector<TradeoffVerdict> verdicts(n);
  for (std::size_t b = 0; b < n; ++b) {
    verdicts[b].front_share = shares[b];
    for (std::size_t a = 0; a < n && verdicts[b].on_front; ++a) {
      // In a circle of "no worse within the margins" each would be thrown out by another.
      if (!direct[a][b] || beats[b][a]) continue;
      verdicts[b].on_front = false;
      verdicts[b].dominated_by = a;
    }
  }
  return verdicts;
}

}  // namespace qbench::metrics
