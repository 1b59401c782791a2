// SPDX-License-Identifier: Apache-2.0
#include "reports/history/schema.h"

#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <array>
#include <ctime>

#include "reports/history/night_places.h"

namespace qbench::reports::history {
namespace {

// Times are seconds since 1970, hashes are blobs. A run's cells and lanes name what repeats night after night (subject,
// runtime, predictions) by number. lane.id is 1024 * cell + place: the lanes of a cell lie together and need no index.
constexpr char kCreate[] = R"sql(
CREATE TABLE board(
  id INTEGER PRIMARY KEY, key TEXT NOT NULL, unit TEXT NOT NULL, name TEXT NOT NULL, cpu TEXT NOT NULL,
  architecture TEXT NOT NULL, cores INTEGER NOT NULL, UNIQUE(key, unit));
CREATE TABLE blob(id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, data BLOB NOT NULL);
CREATE TABLE subject(
  id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, variant TEXT NOT NULL, model_sha256 BLOB NOT NULL,
  precision TEXT NOT NULL, bytes INTEGER NOT NULL, zstd_bytes INTEGER NOT NULL, runner TEXT NOT NULL,
  kernels TEXT NOT NULL, delegate TEXT NOT NULL, threads INTEGER NOT NULL, recipe TEXT NOT NULL);
CREATE TABLE runtime(
  id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, name TEXT NOT NULL, version TEXT NOT NULL,
  library TEXT NOT NULL, library_sha256 BLOB NOT NULL, kernels TEXT NOT NULL);
CREATE TABLE run(
  id INTEGER PRIMARY KEY AUTOINCREMENT, sha256 BLOB NOT NULL UNIQUE, created INTEGER NOT NULL, added INTEGER NOT NULL,
  board INTEGER NOT NULL REFERENCES board, name TEXT NOT NULL, qbench_version TEXT NOT NULL,
  qbench_commit TEXT NOT NULL, tested_commit TEXT NOT NULL, label TEXT NOT NULL, partial INTEGER NOT NULL,
  data_sha256 BLOB, confirms INTEGER REFERENCES run, record BLOB NOT NULL);
CREATE INDEX run_board ON run(board, created);
CREATE INDEX run_confirms ON run(confirms) WHERE confirms IS NOT NULL;
CREATE TABLE cell(
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run, subject INTEGER NOT NULL REFERENCES subject,
  name TEXT NOT NULL, side TEXT NOT NULL, status TEXT NOT NULL, images INTEGER, correct INTEGER,
  correct_top5 INTEGER, prediction_sha256 BLOB, truth INTEGER REFERENCES blob, answers INTEGER REFERENCES blob);
CREATE INDEX cell_run ON cell(run);
CREATE TABLE lane(
  id INTEGER PRIMARY KEY, cell INTEGER NOT NULL REFERENCES cell, batch INTEGER NOT NULL, status TEXT NOT NULL,
  reason TEXT NOT NULL, runtime INTEGER NOT NULL REFERENCES runtime, p50_ns INTEGER, samples INTEGER NOT NULL,
  load_us INTEGER NOT NULL, first_us INTEGER NOT NULL, cpu_ns INTEGER NOT NULL, rss_before INTEGER NOT NULL,
  rss_peak INTEGER NOT NULL, blocks BLOB NOT NULL);
CREATE TABLE series(
  id INTEGER PRIMARY KEY, board INTEGER NOT NULL REFERENCES board, kind TEXT NOT NULL, variant TEXT NOT NULL,
  baseline TEXT NOT NULL, runner TEXT NOT NULL, kernels TEXT NOT NULL, delegate TEXT NOT NULL,
  threads INTEGER NOT NULL, batch INTEGER NOT NULL,
  UNIQUE(board, kind, variant, baseline, runner, kernels, delegate, threads, batch));
CREATE TABLE point(
  series INTEGER NOT NULL REFERENCES series, created INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES run,
  confirms INTEGER, lane INTEGER NOT NULL REFERENCES lane, reference INTEGER REFERENCES lane, rounds INTEGER NOT NULL,
  answer TEXT NOT NULL, estimate REAL, low REAL, high REAL, uniform REAL, reference_ns REAL,
  PRIMARY KEY(series, created, run)) WITHOUT ROWID;
)sql";

// Version 2: branches are series of their own, a new reference is an act that is kept, and builds of qbench are told
// apart within a run.
constexpr char kBranchesAndPins[] = R"sql(
ALTER TABLE run ADD COLUMN branch TEXT NOT NULL DEFAULT '';
ALTER TABLE runtime ADD COLUMN worker_sha256 BLOB NOT NULL DEFAULT x'';
ALTER TABLE runtime ADD COLUMN worker_version TEXT NOT NULL DEFAULT '';
CREATE TABLE series_with_branch(
  id INTEGER PRIMARY KEY, board INTEGER NOT NULL REFERENCES board, branch TEXT NOT NULL, kind TEXT NOT NULL,
  variant TEXT NOT NULL, baseline TEXT NOT NULL, runner TEXT NOT NULL, kernels TEXT NOT NULL, delegate TEXT NOT NULL,
  threads INTEGER NOT NULL, batch INTEGER NOT NULL,
  UNIQUE(board, branch, kind, variant, baseline, runner, kernels, delegate, threads, batch));
INSERT INTO series_with_branch
  SELECT id, board, '', kind, variant, baseline, runner, kernels, delegate, threads, batch FROM series;
DROP TABLE series;
ALTER TABLE series_with_branch RENAME TO series;
CREATE TABLE pin(
  id INTEGER PRIMARY KEY, series INTEGER NOT NULL REFERENCES series, run INTEGER NOT NULL REFERENCES run,
  created INTEGER NOT NULL, pinned INTEGER NOT NULL, note TEXT NOT NULL);
CREATE INDEX pin_series ON pin(series, created);
)sql";

// Version 3: the order of nights is a number of its own (run.place, point.place), since clocks are wrong at times; what
// is wrong with a date is kept, and so is a hash of what was measured.
constexpr char kOrderOfRuns[] = R"sql(
ALTER TABLE run ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN date_mark TEXT NOT NULL DEFAULT '';
ALTER TABLE run ADD COLUMN measured BLOB;
DROP INDEX run_board;
CREATE INDEX run_order ON run(board, place, branch, confirms, created, added, date_mark);
CREATE INDEX run_place ON run(place);
CREATE INDEX run_measured ON run(measured) WHERE measured IS NOT NULL;
CREATE INDEX run_misdated ON run(date_mark) WHERE date_mark <> '';
)sql";
constexpr char kOrderOfPoints[] = R"sql(
CREATE TABLE point_in_order(
  series INTEGER NOT NULL REFERENCES series, place INTEGER NOT NULL, run INTEGER NOT NULL REFERENCES run,
  created INTEGER NOT NULL, confirms INTEGER, lane INTEGER NOT NULL REFERENCES lane, reference INTEGER REFERENCES lane,
  rounds INTEGER NOT NULL, answer TEXT NOT NULL, estimate REAL, low REAL, high REAL, uniform REAL, reference_ns REAL,
  PRIMARY KEY(series, place, run)) WITHOUT ROWID;
INSERT INTO point_in_order
  SELECT series, run.place, run, point.created, point.confirms, lane, reference, rounds, answer, estimate, low, high,
  uniform, reference_ns FROM point JOIN run ON run.id = point.run;
DROP TABLE point;
ALTER TABLE point_in_order RENAME TO point;
)sql";

/// Until version 2 the order was that of the dates; it stays so for all dates that are possible.
void order_nights(SQLite::Database& database) {
  database.exec(kOrderOfRuns);
  const std::int64_t now = std::time(nullptr);
  write_places(database, ordered_by_date(read_clocks(database), now));
  database.exec(kOrderOfPoints);
  (void)update_marks(database, now);
}

/// steps[n] leads from version n to version n + 1.
constexpr std::array<void (*)(SQLite::Database&), kSchemaVersion> kSteps{
    [](SQLite::Database& database) { database.exec(kCreate); },
    [](SQLite::Database& database) { database.exec(kBranchesAndPins); }, order_nights};

}  // namespace

void migrate(SQLite::Database& database, int target) {
  // A table that others refer to can be replaced only while references are not watched; a transaction ignores this.
  database.exec("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON");
  {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    int version = database.execAndGet("PRAGMA user_version").getInt();  // another process may have been faster
    for (; version < target; ++version) kSteps.at(static_cast<std::size_t>(version))(database);
    database.exec(fmt::format("PRAGMA user_version = {}; PRAGMA application_id = {}", version, kApplicationId));
    transaction.commit();
  }
  database.exec("PRAGMA legacy_alter_table = OFF; PRAGMA foreign_keys = ON");
}

}  // namespace qbench::reports::history
