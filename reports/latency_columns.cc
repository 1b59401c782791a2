// SPDX-License-Identifier: Apache-2.0
#include "reports/latency_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/metrics/descriptive.h"
#include "core/metrics/flags.h"
#include "core/metrics/latency_stats.h"
#include "core/units.h"

namespace qbench::reports {
namespace {

std::optional<double> in_ms(std::optional<double> nanoseconds) {
  if (!nanoseconds) return std::nullopt;
  return *nanoseconds / kNanosecondsPerMillisecond;
}

/// Blocks, not samples: neighbouring samples of a block are not independent.
std::vector<double> block_medians_ms(const LaneRecord& lane) {
  std::vector<double> medians;
  for (const BlockRecord& block : lane.blocks) {
    if (block.samples_ns.empty()) continue;
    const std::vector<double> samples(block.samples_ns.begin(), block.samples_ns.end());
    medians.push_back(metrics::median(samples) / kNanosecondsPerMillisecond);
  }
  return medians;
}

/// Why this lane has no speed-up; empty when it has one.
std::string missing_speed_up(const std::optional<LatencyColumns>& mine, const LaneRecord* other,
                             const CellRecord& baseline) {
  if (!mine) return "no timed invoke";
  if (other == nullptr) return fmt::format("the baseline '{}' was not asked for this batch", baseline.id);
  if (other->samples_ns().empty()) {
    return fmt::format("the baseline '{}' has no time at this batch ({})", baseline.id,
                       status_name(other->outcome.status));
  }
  return {};
}

std::vector<std::string> flags_of(const LaneRecord& lane) {
  std::vector<std::string> flags;
  if (!lane.cut_short.empty()) flags.push_back(lane.cut_short);
  for (const std::string& reason : lane.tag_reasons) {
    flags.push_back(fmt::format("{}: {}", fmt::join(lane.tags, ", "), reason));
  }
  const std::vector<double> medians = block_medians_ms(lane);
  const auto drift = metrics::drift_test(medians);
  const auto halves = metrics::half_ratio(medians);
  if (drift && halves && drift->p_value < metrics::kFlagP) {
    flags.push_back(fmt::format("drift: the second half of the blocks took {:+.1f} % of the first half's time",
                                100.0 * (*halves - 1.0)));
  }
  const auto dependence = metrics::ljung_box_test(medians);
  if (dependence && dependence->p_value < metrics::kFlagP) {
    flags.emplace_back("neighbouring blocks are alike: the intervals of p50 and the percentiles are optimistic");
  }
  return flags;
}

LaneComparison lane_alone(const LaneRecord& lane, const CellRecord& cell) {
  LaneComparison row;
  row.batch = lane.batch;
  row.outcome = lane.outcome;
  row.latency = latency_columns(lane);
  row.peak_rss_bytes = peak_rss_bytes(lane);
  row.flags = flags_of(lane);
  if (!row.latency || lane.batch < 1 || row.latency->p50_ms <= 0.0) return row;
  row.per_image_ms = row.latency->p50_ms / lane.batch;
  row.images_per_second = 1000.0 / *row.per_image_ms;
  const LaneRecord* single = lane.batch > 1 ? cell.lane(1) : nullptr;
  const auto one = single != nullptr ? latency_columns(*single) : std::nullopt;
  if (one && one->p50_ms > 0.0) row.per_image_vs_batch_1 = *row.per_image_ms / one->p50_ms;
  return row;
}

}  // namespace

std::int64_t peak_rss_bytes(const LaneRecord& lane) noexcept {
  return std::max({lane.memory.peak_load, lane.memory.peak_first, lane.memory.peak_steady, std::int64_t{0}});
}

std::optional<LatencyColumns> latency_columns(const LaneRecord& lane) {
  const auto summary = metrics::summarize_latencies(lane.samples_ns());
  if (!summary) return std::nullopt;
  LatencyColumns columns;
  columns.samples = static_cast<std::int64_t>(summary->count);
  columns.rounds = static_cast<int>(lane.blocks.size());
  columns.min_ms = summary->min / kNanosecondsPerMillisecond;
  columns.mean_ms = summary->mean / kNanosecondsPerMillisecond;
  columns.p50_ms = summary->p50 / kNanosecondsPerMillisecond;
  columns.p50_interval_ms = metrics::percentile_interval(block_medians_ms(lane), 0.5, 0.95);
  columns.p90_ms = in_ms(summary->p90);
  columns.p95_ms = in_ms(summary->p95);
  columns.p99_ms = in_ms(summary->p99);
  return columns;
}

LaneComparison compare_lane(const LaneRecord& lane, const CellRecord& cell, const CellRecord* baseline,
                            const SpeedJudge& judge) {
  LaneComparison row = lane_alone(lane, cell);
  if (baseline == nullptr) return row;
  const LaneRecord* other = baseline->lane(lane.batch);
  if (other != nullptr && row.peak_rss_bytes > 0 && peak_rss_bytes(*other) > 0) {
    row.peak_rss_delta_bytes = row.peak_rss_bytes - peak_rss_bytes(*other);
  }
  row.no_speed_up = missing_speed_up(row.latency, other, *baseline);
  if (row.no_speed_up.empty()) row.speed_up = judge({cell, lane, *baseline, *other});
  return row;
}

}  // namespace qbench::reports
