// SPDX-License-Identifier: Apache-2.0
#include "reports/history/run_repair.h"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "reports/history/night_places.h"
#include "reports/history/run_codec.h"
#include "reports/history/run_reader.h"

namespace qbench::reports::history {
namespace {

template <typename... Values>
void execute(SQLite::Database& database, const char* sql, const Values&... values) {
  SQLite::Statement statement(database, sql);
  int at = 0;
  (statement.bind(++at, values), ...);
  statement.exec();
}

std::vector<RunId> ids_where(SQLite::Database& database, const std::string& condition) {
  std::vector<RunId> ids;
  SQLite::Statement query(database, "SELECT id FROM run WHERE " + condition + " ORDER BY place, id");
  while (query.executeStep()) ids.push_back(query.getColumn(0).getInt64());
  return ids;
}

/// Runs of an older file have no hash of what was measured.
void hash_samples(SQLite::Database& database, const std::string& source) {
  SQLite::Statement update(database, "UPDATE run SET measured = ? WHERE id = ?");
  for (const RunId id : ids_where(database, "measured IS NULL")) {
    const auto hash = measured_identity(read_run(database, id, source).record);
    if (!hash) continue;
    update.reset();
    update.bind(1, hash->data(), static_cast<int>(hash->size()));
    update.bind(2, id);
    update.exec();
  }
}

/// What referred to the copy refers to the run that is kept. A second look that was a copy of what it looks at is gone.
void drop_run(SQLite::Database& database, RunId copy, RunId kept) {
  SQLite::Statement query(database, "SELECT coalesce(confirms, id) FROM run WHERE id = ?");
  query.bind(1, kept);
  const RunId night = query.executeStep() ? query.getColumn(0).getInt64() : kept;
  execute(database, "UPDATE run SET confirms = ? WHERE confirms = ? AND id <> ?", night, copy, kept);
  execute(database, "UPDATE point SET confirms = ? WHERE confirms = ? AND run <> ?", night, copy, kept);
  execute(database, "UPDATE pin SET run = ? WHERE run = ?", night, copy);
  execute(database, "DELETE FROM point WHERE run = ?", copy);
  execute(database, "DELETE FROM lane WHERE cell IN (SELECT id FROM cell WHERE run = ?)", copy);
  execute(database, "DELETE FROM cell WHERE run = ?", copy);
  execute(database, "DELETE FROM run WHERE id = ?", copy);
}

std::vector<Repair::Duplicate> drop_copies(SQLite::Database& database) {
  std::vector<Repair::Duplicate> copies;
  {
    SQLite::Statement query(
        database,
        "SELECT run.id, first.id FROM run JOIN (SELECT min(id) AS id, measured, board FROM run WHERE "
        "measured IS NOT NULL GROUP BY measured, board) first ON first.measured = run.measured AND "
        "first.board = run.board AND first.id <> run.id ORDER BY run.id");
    while (query.executeStep()) copies.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getInt64()});
  }
  for (const Repair::Duplicate& copy : copies) drop_run(database, copy.run, copy.same_as);
  if (!copies.empty()) {
    database.exec(
        "DELETE FROM series WHERE id NOT IN (SELECT series FROM point) AND id NOT IN (SELECT series FROM pin);"
        "DELETE FROM blob WHERE id NOT IN (SELECT truth FROM cell WHERE truth IS NOT NULL) AND id NOT IN "
        "(SELECT answers FROM cell WHERE answers IS NOT NULL)");
  }
  return copies;
}

/// Of each board's runs those that stand behind another one of it than before.
std::vector<RunId> moved_runs(const std::vector<RunClock>& clocks, const std::vector<RunId>& order) {
  std::map<RunId, std::int64_t> boards;
  std::map<std::int64_t, RunId> last;  // by board
  std::set<std::pair<RunId, RunId>> neighbours;
  for (const RunClock& clock : clocks) {
    boards[clock.id] = clock.board;
    neighbours.emplace(std::exchange(last[clock.board], clock.id), clock.id);
  }
  last.clear();
  std::vector<RunId> moved;
  for (const RunId id : order) {
    const RunId before = std::exchange(last[boards[id]], id);
    if (!neighbours.contains({before, id})) moved.push_back(id);
  }
  return moved;
}

}  // namespace

Repair repair_runs(SQLite::Database& database, const RepairOptions& options, const std::string& source) {
  const std::int64_t now = options.now.value_or(std::time(nullptr));
  Repair repair;
  hash_samples(database, source);
  repair.dropped = drop_copies(database);
  const std::vector<RunClock> clocks = read_clocks(database);
  std::vector<RunId> order;
  for (const RunClock& clock : clocks) order.push_back(clock.id);
  if (options.by_date) order = ordered_by_date(clocks, now);
  repair.moved = moved_runs(clocks, order);
  write_places(database, order);
  std::map<RunId, std::int64_t> created;
  for (const RunClock& clock : clocks) created[clock.id] = clock.created.value_or(0);
  for (const MarkChange& change : update_marks(database, now)) {
    repair.marked.push_back({change.run, created[change.run], change.after});
  }
  repair.runs = clocks.size();
  return repair;
}

}  // namespace qbench::reports::history
