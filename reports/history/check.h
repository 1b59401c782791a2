// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/metrics/gates.h"
#include "core/metrics/intervals.h"
#include "core/metrics/uniformity.h"
#include "reports/comparison.h"
#include "reports/gate_check.h"
#include "reports/history/judge.h"
#include "reports/history/store.h"

namespace qbench::reports::history {

struct CheckOptions {
  SeriesFilter filter;
  std::vector<metrics::Gate> gates;
  /// A series without a run for so long before its board's newest one is left out, and named.
  int most_age_days = 7;
  double accuracy_margin_points = 0.5;
  /// What a board's self-test has shown to be noise, by Board::id; gates are judged with the larger of this and the
  /// canary's differences. Empty: the canary alone.
  std::function<NoiseFloors(const std::string& board)> board_floors = {};
};

/// What is to be done. Of a whole check: kConfirmNeeded while anything is to be confirmed, alarms elsewhere or not.
enum class CheckState { kQuiet, kConfirmNeeded, kAlarm };
/// "quiet", "confirm-needed", "alarm": for scripts, they do not change.
[[nodiscard]] std::string_view check_state_name(CheckState state) noexcept;

enum class GateState { kPass, kCannotTell, kNotConfirmed, kConfirmNeeded, kMiss };
[[nodiscard]] std::string_view gate_state_name(GateState state) noexcept;

/// A gate on the cell of a series. A miss of a measured figure counts when the second run misses it as well; sizes and
/// answers do not vary.
struct SeriesGate {
  metrics::GateResult result;
  GateState state = GateState::kCannotTell;
};

/// The answers of a series' cell are not what they were.
struct AccuracyFinding {
  std::string against;                   ///< "the reference" or "night 12"
  std::optional<PairedAccuracy> paired;  ///< absent: the predictions of one side were not kept
  RunId since = 0;                       ///< first night with these answers, as far as is looked back
  /// The change is for the worse and not chance: exact McNemar p below 0.05.
  [[nodiscard]] bool worse() const noexcept { return paired && paired->delta_points < 0.0 && paired->mcnemar_p < 0.05; }
};

struct SeriesFinding {
  SeriesInfo series;
  SeriesJudgement judgement;
  /// The runs that judgement.since names.
  std::optional<RunInfo> changed_in;
  std::optional<RunInfo> before_change;
  std::string failure;                      ///< kNotMeasured: how it ended and why
  bool failed = false;                      ///< kNotMeasured, and not because the device cannot do it
  std::optional<AccuracyFinding> accuracy;  ///< at the smallest batch of the cell only
  std::vector<SeriesGate> gates;            ///< likewise
  [[nodiscard]] bool to_confirm() const noexcept;
  /// A confirmed regression, a creep, a cell that failed, answers that became worse, a gate that was missed.
  [[nodiscard]] bool alarm() const noexcept;
};

/// How often the method finds a difference where there is none, on one board and branch.
struct CanaryFinding {
  std::string board;
  std::string branch;
  std::size_t nights = 0;         ///< points of all A/A series together
  std::size_t alarms = 0;         ///< slower or faster
  metrics::Interval alarm_share;  ///< 95 %
  std::optional<metrics::UniformityTest> uniform;
  double usual_difference = 0.0;  ///< of the reference from itself, as a fraction: 95 % of the comparisons stay below
  bool tonight = false;           ///< one of tonight's A/A comparisons alarms
};

struct CheckReport {
  std::vector<SeriesFinding> series;
  std::vector<CanaryFinding> canaries;
  std::vector<SeriesInfo> old;    ///< left out: no run for long
  std::vector<RunInfo> misdated;  ///< with impossible dates, which are not used
  [[nodiscard]] CheckState state() const noexcept;
  /// At least one finding is an alarm, whatever else is to be confirmed.
  [[nodiscard]] bool alarm() const noexcept;
};

/// The latest night of every series in the segment after its last pin. Throws what the store throws.
[[nodiscard]] CheckReport check_history(const Store& store, const CheckOptions& options = {});

}  // namespace qbench::reports::history
