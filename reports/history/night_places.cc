// SPDX-License-Identifier: Apache-2.0
#include "reports/history/night_places.h"

#include <SQLiteCpp/Statement.h>

namespace qbench::reports::history {
namespace {

std::int64_t number_from(SQLite::Statement& query) {
  return query.executeStep() && !query.getColumn(0).isNull() ? query.getColumn(0).getInt64() : 0;
}

bool points_have_places(SQLite::Database& database) {
  return database.execAndGet("SELECT count(*) FROM pragma_table_info('point') WHERE name = 'place'").getInt() > 0;
}

}  // namespace

std::vector<RunClock> read_clocks(SQLite::Database& database) {
  std::vector<RunClock> clocks;
  SQLite::Statement query(database, "SELECT id, place, board, created, added, date_mark FROM run ORDER BY place, id");
  while (query.executeStep()) {
    RunClock clock{.id = query.getColumn(0).getInt64(),
                   .place = query.getColumn(1).getInt64(),
                   .board = query.getColumn(2).getInt64(),
                   .created = query.getColumn(3).getInt64(),
                   .added = query.getColumn(4).getInt64(),
                   .kept = date_mark_from(query.getColumn(5).getString())};
    if (clock.kept == DateMark::kUnreadable) clock.created.reset();
    clocks.push_back(clock);
  }
  return clocks;
}

void write_places(SQLite::Database& database, const std::vector<RunId>& ids) {
  SQLite::Statement update(database, "UPDATE run SET place = ? WHERE id = ?");
  std::int64_t place = 0;
  for (const RunId id : ids) {
    update.reset();
    update.bind(1, place += kPlaceStride);
    update.bind(2, id);
    update.exec();
  }
  if (points_have_places(database)) {
    database.exec("UPDATE point SET place = (SELECT place FROM run WHERE run.id = point.run)");
  }
}

std::int64_t last_place(SQLite::Database& database) {
  return database.execAndGet("SELECT coalesce(max(place), 0) FROM run").getInt64() + kPlaceStride;
}

std::int64_t place_by_date(SQLite::Database& database, std::int64_t board, std::int64_t created) {
  SQLite::Statement later(database, "SELECT min(place) FROM run WHERE board = ? AND date_mark = '' AND created > ?");
  SQLite::Statement before(database, "SELECT max(place) FROM run WHERE place < ?");
  for (;;) {
    later.bind(1, board);
    later.bind(2, created);
    const std::int64_t next = number_from(later);
    if (next == 0) return last_place(database);
    before.bind(1, next);
    const std::int64_t previous = number_from(before);
    if (next - previous >= 2) return previous + (next - previous) / 2;
    later.reset();
    before.reset();
    std::vector<RunId> ids;
    for (const RunClock& clock : read_clocks(database)) ids.push_back(clock.id);
    write_places(database, ids);
  }
}

std::vector<MarkChange> changed_marks(SQLite::Database& database, std::int64_t now) {
  const std::vector<RunClock> clocks = read_clocks(database);
  const std::vector<DateMark> marks = date_marks(clocks, now);
  std::vector<MarkChange> changes;
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    if (clocks[i].kept != marks[i]) changes.push_back({clocks[i].id, clocks[i].kept, marks[i]});
  }
  return changes;
}

std::vector<MarkChange> update_marks(SQLite::Database& database, std::int64_t now) {
  const std::vector<MarkChange> changes = changed_marks(database, now);
  SQLite::Statement update(database, "UPDATE run SET date_mark = ? WHERE id = ?");
  for (const MarkChange& change : changes) {
    update.reset();
    update.bind(1, std::string(date_mark_word(change.after)));
    update.bind(2, change.run);
    update.exec();
  }
  return changes;
}

}  // namespace qbench::reports::history
