// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "reports/history/night_order.h"

namespace qbench::reports::history {

/// A mark that is another one now.
struct MarkChange {
  RunId run = 0;
  DateMark before = DateMark::kNone;
  DateMark after = DateMark::kNone;
};

// All of these read or write within the caller's transaction and throw SQLite::Exception.

/// Of all runs, in the order of nights.
[[nodiscard]] std::vector<RunClock> read_clocks(SQLite::Database& database);

/// Gives the runs places kPlaceStride apart in the order of `ids`, which are all runs. Points of series follow, where
/// their table has places yet.
void write_places(SQLite::Database& database, const std::vector<RunId>& ids);

/// A place behind all others.
[[nodiscard]] std::int64_t last_place(SQLite::Database& database);

/// A place before the first run of the board that is dated later than `created`; last_place() without one. Moves all
/// places apart where there is no room.
[[nodiscard]] std::int64_t place_by_date(SQLite::Database& database, std::int64_t board, std::int64_t created);

/// What date_marks() says now, against what is kept.
[[nodiscard]] std::vector<MarkChange> changed_marks(SQLite::Database& database, std::int64_t now);
/// Keeps it, and returns what changed.
std::vector<MarkChange> update_marks(SQLite::Database& database, std::int64_t now);

}  // namespace qbench::reports::history
