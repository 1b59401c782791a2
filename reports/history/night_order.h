// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace qbench::reports::history {

// Clocks of boards are wrong: many have no battery and start in 1970, others were set by hand. So the order of nights
// is a number of its own, and a date is only believed where nothing contradicts it.

/// Number of a run in its history file; a later one was added later.
using RunId = std::int64_t;

/// What is wrong with the date of a run. The words are kept in the file.
enum class DateMark {
  kNone,
  kUnreadable,  ///< the record has none
  kEarly,       ///< before there was a qbench: a clock that was never set
  kAhead,       ///< later than the moment at which it or a later run was added
  kBehind,      ///< earlier than a night that stands before it
};
/// "", "unreadable", "early", "ahead", "behind".
[[nodiscard]] std::string_view date_mark_word(DateMark mark) noexcept;
/// Throws Error(kConfig) for any other word.
[[nodiscard]] DateMark date_mark_from(std::string_view word);
/// "is before 2024", for people; "" for kNone.
[[nodiscard]] std::string_view date_mark_text(DateMark mark) noexcept;

/// Two clocks may differ by as much (time zones, summer time, a clock that was set) without either being impossible.
inline constexpr std::int64_t kClockTolerance = 24 * 3600;
/// 2024-01-01: no run is older.
inline constexpr std::int64_t kFirstDate = 1704067200;
/// Places of runs that were added one after the other lie so far apart: an earlier night can be put between them.
inline constexpr std::int64_t kPlaceStride = 1024;

struct RunClock {
  RunId id = 0;
  std::int64_t place = 0;  ///< the order of nights
  std::int64_t board = 0;
  std::optional<std::int64_t> created;  ///< by the board's clock
  std::int64_t added = 0;               ///< by the clock of the machine that added it
  DateMark kept = DateMark::kNone;      ///< what its mark was when it was looked at last
};

/// One mark for each run. Runs were added in the order of their ids, so the times of adding that are right never fall:
/// the largest set of them that does not fall is believed. A run was made before it was added; within a board, a run
/// is no older than those before it in the order of nights.
[[nodiscard]] std::vector<DateMark> date_marks(std::span<const RunClock> runs, std::int64_t now);

/// The ids in the order of their dates. A run whose date is impossible stands behind the one of its board that was
/// added before it.
[[nodiscard]] std::vector<RunId> ordered_by_date(std::span<const RunClock> runs, std::int64_t now);

}  // namespace qbench::reports::history
