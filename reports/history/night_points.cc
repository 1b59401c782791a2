// SPDX-License-Identifier: Apache-2.0
#include "reports/history/night_points.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/random.h"
#include "core/metrics/round_ratios.h"
#include "core/metrics/uniformity.h"
#include "core/sha256.h"

namespace qbench::reports::history {
namespace {

constexpr std::array<std::string_view, 3> kKinds{"night", "canary", "variant"};
constexpr std::array<std::string_view, 4> kAnswers{"quiet", "slower", "faster", "insufficient"};

template <typename Enum, std::size_t n>
Enum from_name(const std::array<std::string_view, n>& names, std::string_view name) {
  for (std::size_t i = 0; i < n; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  throw Error(ErrorCode::kConfig, "the history holds the unknown word '{}'; was it made by a newer qbench?", name);
}

SeriesKind kind_of(const CellRecord& cell) {
  if (cell.side == "candidate") return SeriesKind::kNight;
  return cell.side == "again" ? SeriesKind::kCanary : SeriesKind::kVariant;
}

/// Place of the cell that `cell` is measured against; nullopt when it is a baseline itself.
std::optional<std::size_t> baseline_place(const Record& record, const CellRecord& cell) {
  const CellRecord& baseline = record.baseline_of(cell);
  if (&baseline == &cell || cell.side == "reference") return std::nullopt;
  return static_cast<std::size_t>(&baseline - record.cells.data());
}

SeriesKey key_of(const CellRecord& cell, const CellRecord& baseline, int batch) {
  return {kind_of(cell), cell.variant, baseline.variant, cell.runner, cell.kernels, cell.delegate, cell.threads, batch};
}

/// The same draw whenever the same record is looked at.
double draw_for(const Record& record, const CellRecord& cell, int batch) {
  const std::string hash = sha256_hex(fmt::format("{}\n{}\n{}\n{}", record.seed, record.created_utc, cell.id, batch));
  return metrics::Random(std::stoull(hash.substr(0, 16), nullptr, 16)).unit();
}

void measure(const Record& record, NightValue& value) {
  const LaneRecord& lane = record.cells[value.cell].lanes[value.lane];
  const LaneRecord& reference = record.cells[*value.reference_cell].lanes[value.reference_lane];
  if (!lane.outcome.ok() || !reference.outcome.ok()) return;
  const std::vector<double> samples = reference.samples_ns();
  if (const double median = samples.empty() ? 0.0 : metrics::median(samples); median > 0.0) value.reference_ns = median;
  const std::vector<double> ratios = metrics::round_log_ratios(lane, reference);
  if (ratios.empty()) return;
  const metrics::NightVerdict verdict = metrics::judge_night(ratios);
  value.rounds = ratios.size();
  value.answer = verdict.answer;
  value.estimate = verdict.estimate;
  value.interval = verdict.interval;
  value.uniform = metrics::uniform_sign_p(ratios, draw_for(record, record.cells[value.cell], value.key.batch));
}

NightValue value_of(const Record& record, std::size_t cell, std::size_t baseline, std::size_t lane) {
  const CellRecord& reference = record.cells[baseline];
  const int batch = record.cells[cell].lanes[lane].batch;
  NightValue value{.key = key_of(record.cells[cell], reference, batch), .cell = cell, .lane = lane};
  for (std::size_t i = 0; i < reference.lanes.size(); ++i) {
    if (reference.lanes[i].batch != batch) continue;
    value.reference_cell = baseline;
    value.reference_lane = i;
    measure(record, value);
    break;
  }
  return value;
}

/// Cells that only their ids tell apart (two libraries, say) become series of their own.
void tell_apart(const Record& record, std::vector<NightValue>& values) {
  std::map<SeriesKey, int> uses;
  for (const NightValue& value : values) ++uses[value.key];
  for (NightValue& value : values) {
    if (uses[value.key] > 1) value.key.variant = record.cells[value.cell].id;
  }
}

}  // namespace

std::string_view series_kind_name(SeriesKind kind) noexcept { return kKinds[static_cast<std::size_t>(kind)]; }
SeriesKind series_kind(std::string_view name) { return from_name<SeriesKind>(kKinds, name); }

std::string_view night_answer_name(metrics::NightAnswer answer) noexcept {
  return kAnswers[static_cast<std::size_t>(answer)];
}
metrics::NightAnswer night_answer_from(std::string_view name) {
  return from_name<metrics::NightAnswer>(kAnswers, name);
}

std::vector<NightValue> night_values(const Record& record) {
  std::vector<NightValue> values;
  for (std::size_t cell = 0; cell < record.cells.size(); ++cell) {
    const std::optional<std::size_t> baseline = baseline_place(record, record.cells[cell]);
    if (!baseline) continue;
    for (std::size_t lane = 0; lane < record.cells[cell].lanes.size(); ++lane) {
      values.push_back(value_of(record, cell, *baseline, lane));
    }
  }
  tell_apart(record, values);
  return values;
}

}  // namespace qbench::reports::history
