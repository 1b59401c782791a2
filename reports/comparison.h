// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/metrics/intervals.h"
#include "core/metrics/paired_latency.h"
#include "core/predictions.h"
#include "core/record.h"

namespace qbench::reports {

/// One cell's predictions, in any order; samples are matched by their number.
struct CellPredictions {
  std::string cell;  ///< CellRecord::id
  std::vector<Prediction> predictions;
};

/// Latency of one invoke (one batch) in milliseconds, over all timed samples.
struct LatencyColumns {
  std::int64_t samples = 0;
  int rounds = 0;
  double min_ms = 0.0;
  double mean_ms = 0.0;
  double p50_ms = 0.0;
  std::optional<metrics::Interval> p50_interval_ms;  ///< 95 %, from the medians of the blocks; absent under 6 blocks
  std::optional<double> p90_ms;                      ///< only from 64 samples on
  std::optional<double> p95_ms;                      ///< only from 130 samples on
  std::optional<double> p99_ms;                      ///< only from 662 samples on
};

/// Speed against the baseline at the same batch. The verdict comes from the rounds alone: in each, both were timed in a
/// drawn order within moments (metrics/paired_latency.h).
struct SpeedUp {
  double ratio = 0.0;                  ///< baseline's p50 / this p50: above 1 is faster
  int rounds = 0;                      ///< rounds in which both were timed
  std::optional<double> paired_ratio;  ///< from the middle of the rounds' log ratios; absent without rounds
  std::optional<metrics::Interval> paired_interval;  ///< of paired_ratio, at `confidence`; absent under 10 rounds
  double confidence = 0.99;                          ///< 1 - alpha / looks
  std::optional<double> p_value;                     ///< of "no difference", over all looks
  std::optional<double> p_holm;                      ///< adjusted for all rows of the comparison (Holm)
  std::string verdict;  ///< "FASTER", "SLOWER", "EQUIVALENT", "DIFFERENT BUT SMALL", "INCONCLUSIVE", "INSUFFICIENT"
  std::string advice;   ///< what would decide an undecided verdict; empty otherwise

  /// The figure that every report calls the speed-up.
  [[nodiscard]] double shown_ratio() const noexcept { return paired_ratio.value_or(ratio); }
};

/// One lane beside the baseline's lane of the same batch.
struct LaneComparison {
  int batch = 1;
  Outcome outcome;
  std::optional<LatencyColumns> latency;    ///< absent without a single sample
  std::optional<double> per_image_ms;       ///< p50 / batch
  std::optional<double> images_per_second;  ///< 1000 / per_image_ms
  std::optional<double>
      per_image_vs_batch_1;         ///< per-image time / that of the cell's batch-1 lane; below 1: batching pays
  std::optional<SpeedUp> speed_up;  ///< absent for the baseline itself
  std::string no_speed_up;          ///< why it is absent; empty for the baseline
  std::int64_t peak_rss_bytes = 0;  ///< largest VmHWM of any phase; 0: not measured
  std::optional<std::int64_t> peak_rss_delta_bytes;  ///< minus the baseline's at the same batch
  std::vector<std::string> causes;                   ///< why it is not faster, as far as the record proves it
  std::vector<std::string> flags;                    ///< signs that the machine was not steady, one line each
};

/// The same images under both models.
struct PairedAccuracy {
  std::int64_t images = 0;          ///< that both classified
  bool identical = false;           ///< every image has the same top-1 class under both
  std::int64_t right_to_wrong = 0;  ///< the baseline was right, this variant is wrong
  std::int64_t wrong_to_right = 0;
  std::int64_t changed = 0;                   ///< top-1 differs, right or wrong
  double delta_points = 0.0;                  ///< on these images, 100 * (this - baseline)
  metrics::Interval delta_interval_points;    ///< 95 %
  double mcnemar_p = 1.0;                     ///< exact
  double mcnemar_p_holm = 1.0;                ///< adjusted for all rows of the comparison (Holm)
  std::string within_margin;                  ///< "yes", "no", "cannot tell"
  std::optional<std::int64_t> images_needed;  ///< more images that would decide
};

struct AccuracyColumns {
  Outcome outcome;
  bool partial = false;
  std::int64_t images = 0;
  std::int64_t correct = 0;
  double top1 = 0.0;                               ///< 0..1
  double top5 = 0.0;                               ///< 0..1
  std::optional<metrics::Interval> top1_interval;  ///< 95 %: metrics::proportion_interval(); absent without images
  std::optional<double> delta_points;  ///< 100 * (top1 - baseline's), on the paired images where there are any
  std::optional<PairedAccuracy> paired;
  std::optional<DivergenceRecord> divergence;  ///< of the output scores, from the cell that this one is set beside
  std::string no_pairing;                      ///< why `paired` is absent; empty for the baseline
};

/// One cell: every cell of the record has one, failed ones too, in the record's order.
struct CellComparison {
  std::string id;
  std::string label;                  ///< the variant's name where it tells cells apart, else the id
  bool baseline = false;              ///< nothing is set beside it
  std::string against;                ///< id of the cell that it is set beside; its own id for a baseline
  Outcome outcome;                    ///< CellRecord::worst()
  std::optional<double> size_ratio;   ///< file bytes / baseline's
  std::optional<double> zstd_ratio;   ///< compressed bytes / baseline's
  std::vector<LaneComparison> lanes;  ///< parallel to CellRecord::lanes
  std::optional<AccuracyColumns> accuracy;

  [[nodiscard]] const LaneComparison* lane(int batch) const noexcept;
};

/// A variant's place among the others.
struct TradeoffRow {
  std::string cell;          ///< CellRecord::id
  bool on_front = true;      ///< no other variant is shown to be at least as good in everything and better in something
  std::string dominated_by;  ///< id of one that is; empty on the front
  double front_share = 1.0;  ///< share of the bootstrap draws in which it was on the front
};

struct Tradeoff {
  std::vector<TradeoffRow> rows;      ///< empty with fewer than two comparable cells
  bool with_accuracy = false;         ///< false: no cell has predictions, only latency, size and memory count
  std::vector<std::string> left_out;  ///< "id: why", one line each
};

/// What a rule like "drop<=0.5pp, min latency" says of the cells.
struct ChoiceVerdict {
  std::string rule;
  std::string chosen;    ///< CellRecord::id; empty when none qualifies
  bool proven = false;   ///< the chosen one meets every condition with its whole interval
  std::string nearest;   ///< when none qualifies: the cell that misses by least; may be empty
  std::string sentence;  ///< one line for a person
};

struct ComparisonSettings {
  /// The margin suits a board or a shared machine; 0.01 is for a quiet, pinned one. Without seconds_per_round it is
  /// taken from the blocks' start times.
  metrics::LatencyVerdictOptions latency{.margin = 0.02};
  double accuracy_margin_points = 0.5;  ///< a loss below this is acceptable
  std::string choose;                   ///< a rule for choose_cell(); empty: none
};

/// What a record says about its cells beside its first one, the baseline.
struct Comparison {
  ComparisonSettings settings;
  std::string baseline;          ///< id of the first cell; empty when there is no cell
  std::string baseline_problem;  ///< why there are no ratios at all; empty when there are
  std::vector<CellComparison> cells;
  std::size_t judged_rows = 0;  ///< latency and accuracy rows with a p-value: what the p_holm are adjusted for
  Tradeoff tradeoff;
  std::optional<ChoiceVerdict> choice;
};

/// A lane and the baseline's of the same batch, both with samples.
struct JudgedLanes {
  const CellRecord& cell;
  const LaneRecord& lane;
  const CellRecord& baseline;
  const LaneRecord& baseline_lane;
};
/// How the speed of a lane is judged; everything that is told of a verdict follows from what this returns.
using SpeedJudge = std::function<SpeedUp(const JudgedLanes&)>;

/// By the rounds in which both were timed within moments.
[[nodiscard]] SpeedJudge judge_by_rounds(const ComparisonSettings& settings);

/// How far a comparison goes.
struct ComparisonMethod {
  SpeedJudge judge;    ///< empty: judge_by_rounds()
  bool weighs = true;  ///< trade-off and choice, which are about variants that ran side by side
};

/// Pure. `predictions` may hold any part of the cells; without both sides there is no paired accuracy. Throws
/// Error(kUsage) on a wrong settings.choose.
[[nodiscard]] Comparison compare_cells(const Record& record, std::span<const CellPredictions> predictions = {},
                                       const ComparisonSettings& settings = {}, const ComparisonMethod& method = {});

}  // namespace qbench::reports
