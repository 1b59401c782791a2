// SPDX-License-Identifier: Apache-2.0
#include "reports/history/store.h"

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <limits>

#include "core/error.h"
#include "core/nearest.h"
#include "reports/history/database.h"
#include "reports/history/run_codec.h"
#include "reports/history/run_reader.h"
#include "reports/history/run_repair.h"
#include "reports/history/run_writer.h"

namespace qbench::reports::history {
namespace {

constexpr char kRunColumns[] =
    "SELECT run.id, run.created, board.key, board.unit, board.cpu, run.name, run.qbench_version, run.qbench_commit, "
    "run.tested_commit, run.branch, run.label, run.partial, run.confirms, run.date_mark, "
    "(SELECT count(*) FROM cell WHERE cell.run = run.id), "
    "(SELECT count(*) FROM cell JOIN lane ON lane.id BETWEEN 1024 * cell.id AND 1024 * cell.id + 1023 "
    "WHERE cell.run = run.id) "
    "FROM run JOIN board ON board.id = run.board ";

std::optional<std::int64_t> optional_number(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(column.getInt64());
}
std::optional<double> optional_real(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(column.getDouble());
}

RunInfo run_from(SQLite::Statement& row) {
  RunInfo run;
  run.id = row.getColumn(0).getInt64();
  run.created = row.getColumn(1).getInt64();
  run.board = row.getColumn(2).getString();
  run.unit = row.getColumn(3).getString();
  run.cpu = row.getColumn(4).getString();
  run.name = row.getColumn(5).getString();
  run.qbench_version = row.getColumn(6).getString();
  run.qbench_commit = row.getColumn(7).getString();
  run.commit = row.getColumn(8).getString();
  run.branch = row.getColumn(9).getString();
  run.label = row.getColumn(10).getString();
  run.partial = row.getColumn(11).getInt() != 0;
  run.confirms = optional_number(row.getColumn(12));
  run.mark = date_mark_from(row.getColumn(13).getString());
  run.cells = row.getColumn(14).getInt64();
  run.lanes = row.getColumn(15).getInt64();
  return run;
}

SeriesInfo series_from(SQLite::Statement& row) {
  SeriesInfo series;
  series.id = row.getColumn(0).getInt64();
  series.board = row.getColumn(1).getString();
  series.unit = row.getColumn(2).getString();
  series.branch = row.getColumn(3).getString();
  series.key.kind = series_kind(row.getColumn(4).getString());
  series.key.variant = row.getColumn(5).getString();
  series.key.baseline = row.getColumn(6).getString();
  series.key.runner = row.getColumn(7).getString();
  series.key.kernels = row.getColumn(8).getString();
  series.key.delegate = row.getColumn(9).getString();
  series.key.threads = row.getColumn(10).getInt();
  series.key.batch = row.getColumn(11).getInt();
  series.newest = optional_number(row.getColumn(12));
  return series;
}

constexpr char kPointColumns[] =
    "SELECT run, created, confirms, lane, reference, rounds, answer, estimate, low, high, uniform, reference_ns, place "
    "FROM point WHERE series = ? AND place >= ? ";

SeriesPoint point_from(SQLite::Statement& row) {
  SeriesPoint point;
  point.run = row.getColumn(0).getInt64();
  point.created = row.getColumn(1).getInt64();
  point.confirms = optional_number(row.getColumn(2));
  point.lane = row.getColumn(3).getInt64();
  point.reference_lane = row.getColumn(4).isNull() ? 0 : row.getColumn(4).getInt64();
  point.rounds = static_cast<std::size_t>(std::max<std::int64_t>(0, row.getColumn(5).getInt64()));
  point.answer = night_answer_from(row.getColumn(6).getString());
  point.estimate = optional_real(row.getColumn(7));
  const auto low = optional_real(row.getColumn(8));
  const auto high = optional_real(row.getColumn(9));
  if (low && high) point.interval = metrics::Interval{*low, *high};
  point.uniform = optional_real(row.getColumn(10));
  point.reference_ns = optional_real(row.getColumn(11));
  point.place = row.getColumn(12).getInt64();
  return point;
}

bool passes(const SeriesInfo& series, const SeriesFilter& filter) {
  return series.board.find(filter.board) != std::string::npos &&
         (!filter.one_branch || series.branch == filter.branch) &&
         series.name().find(filter.series) != std::string::npos;
}

bool passes(const RunInfo& run, const SeriesFilter& filter) {
  return run.board.find(filter.board) != std::string::npos && (!filter.one_branch || run.branch == filter.branch);
}

Status status_of(const std::string& name) {
  for (int i = 0; i <= static_cast<int>(Status::kCancelled); ++i) {
    if (status_name(static_cast<Status>(i)) == name) return static_cast<Status>(i);
  }
  return Status::kError;
}

}  // namespace

std::string SeriesInfo::name() const {
  std::string text = key.variant;
  if (key.kind == SeriesKind::kVariant || key.variant != key.baseline) text += " vs " + key.baseline;
  if (key.kind == SeriesKind::kCanary) text += " (A/A)";
  text += fmt::format(" b{} t{}", key.batch, key.threads);
  if (key.runner != "tflite") text += " " + key.runner;
  if (key.kernels != "auto" && !key.kernels.empty()) text += " " + key.kernels;
  if (!key.delegate.empty()) text += " " + key.delegate;
  if (!branch.empty()) text += " @" + branch;
  return text;
}

Store::Store(const std::filesystem::path& path, OpenMode mode) : path_(path), database_(open_database(path, mode)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

AddResult Store::add(const StoredRun& run, const AddOptions& options) {
  return guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    const AddResult result = write_run(*database_, run, options);
    if (!result.already) transaction.commit();
    return result;
  });
}

std::vector<RunInfo> Store::runs(const SeriesFilter& filter, std::size_t most) const {
  return guarded(path_, [&] {
    std::vector<RunInfo> runs;
    SQLite::Statement query(*database_, std::string(kRunColumns) + "ORDER BY run.place DESC, run.id DESC");
    while (runs.size() < most && query.executeStep()) {
      RunInfo run = run_from(query);
      if (passes(run, filter)) runs.push_back(std::move(run));
    }
    return runs;
  });
}

std::optional<RunInfo> Store::run(RunId id) const {
  return guarded(path_, [&]() -> std::optional<RunInfo> {
    SQLite::Statement query(*database_, std::string(kRunColumns) + "WHERE run.id = ?");
    query.bind(1, id);
    return query.executeStep() ? std::optional(run_from(query)) : std::nullopt;
  });
}

std::vector<SeriesInfo> Store::series(const SeriesFilter& filter) const {
  return guarded(path_, [&] {
    std::vector<SeriesInfo> all;
    SQLite::Statement query(
        *database_,
        "SELECT series.id, board.key, board.unit, branch, kind, variant, baseline, runner, kernels, delegate, threads, "
        "batch, (SELECT created FROM point WHERE series = series.id AND run NOT IN (SELECT id FROM run WHERE "
        "date_mark <> '') ORDER BY place DESC LIMIT 1) "
        "FROM series JOIN board ON board.id = series.board "
        "ORDER BY board.key, board.unit, branch, kind DESC, variant, baseline, batch, threads, series.id");
    while (query.executeStep()) {
      SeriesInfo series = series_from(query);
      if (passes(series, filter)) all.push_back(std::move(series));
    }
    return all;
  });
}

std::vector<SeriesPoint> Store::points(std::int64_t series, std::int64_t since, std::size_t most) const {
  return guarded(path_, [&] {
    std::vector<SeriesPoint> points;
    SQLite::Statement query(*database_, std::string(kPointColumns) + "ORDER BY place DESC, run DESC LIMIT ?");
    query.bind(1, series);
    query.bind(2, since);
    query.bind(3, static_cast<std::int64_t>(most));
    while (query.executeStep()) points.push_back(point_from(query));
    std::ranges::reverse(points);
    return points;
  });
}

std::optional<SeriesPoint> Store::first_point(std::int64_t series, std::int64_t since) const {
  return guarded(path_, [&]() -> std::optional<SeriesPoint> {
    SQLite::Statement query(*database_, std::string(kPointColumns) +
                                            "AND reference IS NOT NULL AND confirms IS NULL ORDER BY place, run "
                                            "LIMIT 1");
    query.bind(1, series);
    query.bind(2, since);
    return query.executeStep() ? std::optional(point_from(query)) : std::nullopt;
  });
}

LaneInfo Store::lane(std::int64_t id) const {
  return guarded(path_, [&] {
    SQLite::Statement query(*database_,
                            "SELECT cell.subject, lane.runtime, cell.name, lane.status, lane.reason, "
                            "cell.prediction_sha256 FROM lane JOIN cell ON cell.id = lane.cell WHERE lane.id = ?");
    query.bind(1, id);
    LaneInfo info;
    if (!query.executeStep()) return info;
    info.identity = {query.getColumn(0).getInt64(), query.getColumn(1).getInt64()};
    info.cell = query.getColumn(2).getString();
    info.status = status_of(query.getColumn(3).getString());
    info.reason = query.getColumn(4).getString();
    info.prediction_sha256 = to_hex(bytes_of(query.getColumn(5)));
    return info;
  });
}

StoredRun Store::load(RunId id) const {
  return guarded(path_, [&] { return read_run(*database_, id, path_); });
}

std::size_t Store::pin(RunId run, const std::string& note, const SeriesFilter& filter) {
  const std::vector<SeriesInfo> all = series(filter);
  return guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement points(*database_,
                             "SELECT point.series, point.created FROM run JOIN series ON series.board = run.board JOIN "
                             "point ON point.series = series.id AND point.place = run.place AND point.run = run.id "
                             "WHERE run.id = ? AND point.confirms IS NULL");
    SQLite::Statement insert(*database_, "INSERT INTO pin(series, run, created, pinned, note) VALUES(?, ?, ?, ?, ?)");
    points.bind(1, run);
    std::size_t pinned = 0;
    while (points.executeStep()) {
      const std::int64_t id = points.getColumn(0).getInt64();
      if (std::ranges::find(all, id, &SeriesInfo::id) == all.end()) continue;
      insert.reset();
      insert.bind(1, id);
      insert.bind(2, run);
      insert.bind(3, points.getColumn(1).getInt64());
      insert.bind(4, static_cast<std::int64_t>(std::time(nullptr)));
      insert.bind(5, note);
      insert.exec();
      ++pinned;
    }
    if (pinned == 0) {
      throw Error(ErrorCode::kUsage, "no such series in night {}; see 'qbench history list'", run);
    }
    transaction.commit();
    return pinned;
  });
}

std::vector<Pin> Store::pins() const {
  return guarded(path_, [&] {
    std::vector<Pin> pins;
    SQLite::Statement query(
        *database_,
        "SELECT series, run, run.place, pinned, note FROM pin JOIN run ON run.id = pin.run ORDER BY pinned, pin.id");
    while (query.executeStep()) {
      pins.push_back({query.getColumn(0).getInt64(), query.getColumn(1).getInt64(), query.getColumn(2).getInt64(),
                      query.getColumn(3).getInt64(), query.getColumn(4).getString()});
    }
    return pins;
  });
}

std::vector<RunInfo> Store::misdated(const SeriesFilter& filter) const {
  return guarded(path_, [&] {
    std::vector<RunInfo> runs;
    SQLite::Statement query(*database_,
                            std::string(kRunColumns) + "WHERE run.date_mark <> '' ORDER BY run.place, run.id");
    while (query.executeStep()) {
      RunInfo run = run_from(query);
      if (passes(run, filter)) runs.push_back(std::move(run));
    }
    return runs;
  });
}

Repair Store::repair(const RepairOptions& options) {
  return guarded(path_, [&] {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    Repair repair = repair_runs(*database_, options, path_.string());
    if (!options.dry_run) transaction.commit();
    return repair;
  });
}

}  // namespace qbench::reports::history
