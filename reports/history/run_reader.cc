// SPDX-License-Identifier: Apache-2.0
#include "reports/history/run_reader.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "reports/history/database.h"
#include "reports/history/run_codec.h"

namespace qbench::reports::history {
namespace {

LaneRecord* find_lane(Record& record, const std::string& cell, int batch) {
  const auto found = std::ranges::find(record.cells, cell, &CellRecord::id);
  if (found == record.cells.end()) return nullptr;
  const auto lane = std::ranges::find(found->lanes, batch, &LaneRecord::batch);
  return lane == found->lanes.end() ? nullptr : &*lane;
}

void read_samples(SQLite::Database& database, RunId id, const std::string& source, Record& record) {
  SQLite::Statement query(database,
                          "SELECT cell.name, lane.batch, lane.blocks FROM cell JOIN lane ON lane.id BETWEEN "
                          "1024 * cell.id AND 1024 * cell.id + 1023 WHERE cell.run = ? ORDER BY lane.id");
  query.bind(1, id);
  while (query.executeStep()) {
    LaneRecord* lane = find_lane(record, query.getColumn(0).getString(), query.getColumn(1).getInt());
    if (lane != nullptr) lane->blocks = unpack_blocks(bytes_of(query.getColumn(2)), source);
  }
}

std::vector<CellPredictions> read_predictions(SQLite::Database& database, RunId id, const std::string& source) {
  std::vector<CellPredictions> all;
  SQLite::Statement query(database,
                          "SELECT cell.name, truth.data, answers.data FROM cell JOIN blob truth ON truth.id = "
                          "cell.truth JOIN blob answers ON answers.id = cell.answers WHERE run = ? ORDER BY cell.id");
  query.bind(1, id);
  while (query.executeStep()) {
    all.push_back({query.getColumn(0).getString(),
                   unpack_predictions(bytes_of(query.getColumn(1)), bytes_of(query.getColumn(2)), source)});
  }
  return all;
}

}  // namespace

StoredRun read_run(SQLite::Database& database, RunId id, const std::filesystem::path& path) {
  const std::string source = fmt::format("run {} in '{}'", id, path.string());
  SQLite::Statement query(database, "SELECT record FROM run WHERE id = ?");
  query.bind(1, id);
  if (!query.executeStep()) {
    throw Error(ErrorCode::kUsage, "there is no run {} in '{}'; see 'qbench history list'", id, path.string());
  }
  StoredRun run;
  run.record = unpack_record(bytes_of(query.getColumn(0)), source);
  read_samples(database, id, source, run.record);
  run.predictions = read_predictions(database, id, source);
  return run;
}

}  // namespace qbench::reports::history
