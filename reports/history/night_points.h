// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/history_stats.h"
#include "core/metrics/intervals.h"
#include "core/record.h"

namespace qbench::reports::history {

/// What a series of nights follows.
enum class SeriesKind {
  kNight,    ///< tonight's build against the pinned reference, interleaved
  kCanary,   ///< the reference against itself: what the method says when there is nothing to find
  kVariant,  ///< an ordinary run: a variant against its baseline
};
[[nodiscard]] std::string_view series_kind_name(SeriesKind kind) noexcept;
/// Throws Error(kConfig) on any other text.
[[nodiscard]] SeriesKind series_kind(std::string_view name);

/// The same from night to night, whatever the model file or the library behind the names is.
struct SeriesKey {
  SeriesKind kind = SeriesKind::kNight;
  std::string variant;
  std::string baseline;  ///< the variant measured against
  std::string runner;
  std::string kernels;  ///< as requested
  std::string delegate;
  int threads = 1;
  int batch = 1;
  auto operator<=>(const SeriesKey&) const = default;
};

/// One lane of a night against its reference lane. All ratios are ln(lane / reference).
struct NightValue {
  SeriesKey key;
  std::size_t cell = 0;  ///< places in Record::cells and CellRecord::lanes
  std::size_t lane = 0;
  std::optional<std::size_t> reference_cell;  ///< its lane of the same batch; absent: not in the record
  std::size_t reference_lane = 0;
  std::size_t rounds = 0;  ///< in which both were timed
  metrics::NightAnswer answer = metrics::NightAnswer::kInsufficient;
  std::optional<double> estimate;             ///< absent when either was not measured
  std::optional<metrics::Interval> interval;  ///< 99.8 %
  std::optional<double> uniform;              ///< for ks_uniform_test()
  std::optional<double> reference_ns;         ///< median of all its samples
};
[[nodiscard]] std::string_view night_answer_name(metrics::NightAnswer answer) noexcept;
/// Throws Error(kConfig) on any other text.
[[nodiscard]] metrics::NightAnswer night_answer_from(std::string_view name);

/// One value for each lane of every cell that is measured against another one, in the record's order.
[[nodiscard]] std::vector<NightValue> night_values(const Record& record);

}  // namespace qbench::reports::history
