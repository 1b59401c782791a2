// SPDX-License-Identifier: Apache-2.0
#include "reports/history/run_writer.h"

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/sha256.h"
#include "core/utc_time.h"
#include "reports/history/night_places.h"
#include "reports/history/run_codec.h"
#include "reports/history/schema.h"

namespace qbench::reports::history {
namespace {

/// Less than a day: the next night must never be taken for a confirmation.
constexpr std::int64_t kSameNight = 12 * 3600;

/// Binds by place, from 1 on; blobs, optionals and texts alike.
class Binder {
 public:
  explicit Binder(SQLite::Statement& statement) : statement_(statement) {
    statement_.reset();
    statement_.clearBindings();
  }
  Binder& operator<<(std::int64_t value) {
    statement_.bind(++at_, value);
    return *this;
  }
  Binder& operator<<(double value) {
    statement_.bind(++at_, value);
    return *this;
  }
  Binder& operator<<(const std::string& value) {
    statement_.bind(++at_, value);
    return *this;
  }
  Binder& operator<<(std::string_view value) { return *this << std::string(value); }
  Binder& operator<<(const Bytes& value) {
    // An empty blob has to point somewhere, else it would become NULL.
    statement_.bind(++at_, value.empty() ? "" : static_cast<const void*>(value.data()), static_cast<int>(value.size()));
    return *this;
  }
  template <typename T>
  Binder& operator<<(const std::optional<T>& value) {
    if (value.has_value()) return *this << *value;
    statement_.bind(++at_);
    return *this;
  }

 private:
  SQLite::Statement& statement_;
  int at_ = 0;
};

std::int64_t signed_of(std::size_t value) { return static_cast<std::int64_t>(value); }
std::int64_t rounded(double value) { return static_cast<std::int64_t>(std::llround(value)); }

class RunWriter {
 public:
  RunWriter(SQLite::Database& database, const StoredRun& run, const AddOptions& options)
      : database_(database), run_(run), record_(run.record), options_(options) {}

  AddResult write() {
    const Bytes identity = run_identity(record_);
    if (const auto found = find("SELECT id FROM run WHERE sha256 = ?", identity)) {
      result_.run = *found;
      result_.already = true;
      return result_;
    }
    board_ = board_id();
    measured_ = measured_identity(record_);
    if (measured_ && find_same_samples()) return result_;
    created_ = utc_seconds(record_.created_utc);
    place_ = options_.backfill ? place_of_date() : last_place(database_);
    result_.confirms = night_to_confirm();
    write_run_row(identity);
    for (const CellRecord& cell : record_.cells) write_cell(cell);
    write_points();
    mark_dates();
    return result_;
  }

 private:
  template <typename... Values>
  SQLite::Statement& bound(const char* sql, const Values&... values) {
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
      found = statements_.emplace(sql, std::make_unique<SQLite::Statement>(database_, sql)).first;
    }
    Binder binder(*found->second);
    (void)(binder << ... << values);
    return *found->second;
  }
  template <typename... Values>
  std::optional<std::int64_t> find(const char* sql, const Values&... values) {
    SQLite::Statement& query = bound(sql, values...);
    std::optional<std::int64_t> id;
    if (query.executeStep()) id = query.getColumn(0).getInt64();
    query.reset();
    return id;
  }
  template <typename... Values>
  std::int64_t insert(const char* sql, const Values&... values) {
    SQLite::Statement& statement = bound(sql, values...);
    statement.exec();
    statement.reset();
    return database_.getLastInsertRowid();
  }

  std::int64_t board_id() {
    const Board& board = record_.board;
    if (const auto id = find("SELECT id FROM board WHERE key = ? AND unit = ?", board.id, board.unit)) return *id;
    return insert("INSERT INTO board(key, unit, name, cpu, architecture, cores) VALUES(?, ?, ?, ?, ?, ?)", board.id,
                  board.unit, board.name, board.cpu.model, board.cpu.architecture,
                  std::int64_t{board.cpu.logical_cores});
  }

  /// The same samples under another time or name are a copy of the run: as a second look it would confirm anything.
  bool find_same_samples() {
    const auto found = find("SELECT id FROM run WHERE measured = ? AND board = ?", *measured_, board_);
    if (!found) return false;
    result_.run = *found;
    result_.already = true;
    return true;
  }

  std::int64_t place_of_date() {
    const bool possible = created_ && *created_ >= kFirstDate && *created_ <= now() + kClockTolerance;
    if (!possible) {
      throw Error(ErrorCode::kUsage,
                  "its date '{}' is impossible, so it has no place among the nights by it; add it "
                  "without --backfill",
                  record_.created_utc);
    }
    const std::int64_t place = place_by_date(database_, board_, *created_);
    result_.before = find(
        "SELECT id FROM run WHERE board = ? AND place > ? AND confirms IS NULL ORDER BY place LIMIT 1", board_, place);
    return place;
  }

  [[nodiscard]] std::int64_t now() const { return options_.now.value_or(std::time(nullptr)); }

  /// Of this run, and of others whose date it proves wrong.
  void mark_dates() {
    if (!created_) result_.marked.push_back({result_.run, 0, DateMark::kUnreadable});
    for (const MarkChange& change : update_marks(database_, now())) {
      const auto created = find("SELECT created FROM run WHERE id = ?", change.run);
      result_.marked.push_back({change.run, created.value_or(0), change.after});
    }
  }

  std::optional<RunId> night_to_confirm() {
    if (options_.mode == NightMode::kNight) return std::nullopt;
    if (options_.mode == NightMode::kAuto) {
      // Dates of clocks that were never set are alike every night.
      if (options_.commit.empty() || !created_ || *created_ < kFirstDate) return std::nullopt;
      const auto last = last_night();
      return last ? find(
                        "SELECT id FROM run WHERE id = ? AND tested_commit = ? AND date_mark = '' AND "
                        "abs(created - ?) < ?",
                        *last, options_.commit, *created_, kSameNight)
                  : std::nullopt;
    }
    if (!options_.confirms) {
      if (const auto last = last_night()) return last;
      throw Error(ErrorCode::kUsage, "there is no earlier night of this board and branch to confirm");
    }
    const RunId night = *options_.confirms;
    if (find("SELECT id FROM run WHERE id = ? AND confirms IS NULL AND board = ?", night, board_)) return night;
    throw Error(ErrorCode::kUsage, "there is no night {} of this board to confirm; see 'qbench history list'", night);
  }

  std::optional<RunId> last_night() {
    return find(
        "SELECT id FROM run WHERE board = ? AND branch = ? AND confirms IS NULL AND place < ? "
        "ORDER BY place DESC, id DESC LIMIT 1",
        board_, options_.branch, place_);
  }

  void write_run_row(const Bytes& identity) {
    const std::optional<Bytes> data = record_.dataset ? std::optional(from_hex(record_.dataset->sha256)) : std::nullopt;
    result_.run = insert(
        "INSERT INTO run(sha256, created, added, board, name, qbench_version, qbench_commit, tested_commit, branch, "
        "label, partial, data_sha256, confirms, record, place, measured, date_mark) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        identity, created_.value_or(0), now(), board_, record_.name, record_.qbench_version, record_.git_commit,
        options_.commit, options_.branch, options_.label, std::int64_t{record_.partial ? 1 : 0}, data, result_.confirms,
        pack_record(record_), place_, measured_, date_mark_word(created_ ? DateMark::kNone : DateMark::kUnreadable));
  }

  std::int64_t blob_id(const Bytes& data) {
    const Bytes hash = from_hex(sha256_hex(data));
    if (const auto id = find("SELECT id FROM blob WHERE sha256 = ?", hash)) return *id;
    return insert("INSERT INTO blob(sha256, data) VALUES(?, ?)", hash, data);
  }

  std::int64_t subject_id(const CellRecord& cell) {
    const ModelRecord& model = cell.model;
    const std::string recipe = to_json(cell.recipe).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const Bytes hash =
        from_hex(sha256_hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", cell.variant, model.sha256, model.precision,
                                        cell.runner, cell.kernels, cell.delegate, cell.threads, recipe)));
    if (const auto id = find("SELECT id FROM subject WHERE sha256 = ?", hash)) return *id;
    return insert(
        "INSERT INTO subject(sha256, variant, model_sha256, precision, bytes, zstd_bytes, runner, kernels, delegate, "
        "threads, recipe) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        hash, cell.variant, from_hex(model.sha256), model.precision, model.bytes, model.zstd_bytes, cell.runner,
        cell.kernels, cell.delegate, std::int64_t{cell.threads}, recipe);
  }

  /// The library and the qbench-worker that called it.
  std::int64_t runtime_id(const RunnerRecord& runner, const WorkerRecord* worker) {
    const WorkerRecord caller = worker == nullptr ? WorkerRecord{} : *worker;
    const Bytes hash = from_hex(sha256_hex(fmt::format("{}\n{}\n{}\n{}\n{}", runner.name, runner.version,
                                                       runner.library_sha256, runner.kernels, caller.sha256)));
    if (const auto id = find("SELECT id FROM runtime WHERE sha256 = ?", hash)) return *id;
    return insert(
        "INSERT INTO runtime(sha256, name, version, library, library_sha256, kernels, worker_sha256, worker_version) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
        hash, runner.name, runner.version, runner.library, from_hex(runner.library_sha256), runner.kernels,
        from_hex(caller.sha256), caller.version);
  }

  void write_cell(const CellRecord& cell) {
    std::optional<std::int64_t> images, correct, top5, truth, answers;
    std::optional<Bytes> hash;
    if (cell.accuracy && cell.accuracy->outcome.ok()) {
      images = cell.accuracy->images;
      correct = cell.accuracy->correct;
      top5 = cell.accuracy->correct_top5;
      hash = from_hex(cell.accuracy->prediction_sha256);
    }
    for (const CellPredictions& predictions : run_.predictions) {
      if (predictions.cell != cell.id) continue;
      const PackedPredictions packed = pack_predictions(predictions.predictions);
      truth = blob_id(packed.truth);
      answers = blob_id(packed.answers);
    }
    const std::int64_t id = insert(
        "INSERT INTO cell(run, subject, name, side, status, images, correct, correct_top5, prediction_sha256, truth, "
        "answers) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        result_.run, subject_id(cell), cell.id, cell.side, status_name(cell.worst().status), images, correct, top5,
        hash, truth, answers);
    std::vector<std::int64_t>& lanes = lanes_.emplace_back();
    if (std::ssize(cell.lanes) > kLanesPerCell) {
      throw Error(ErrorCode::kConfig, "cell '{}' has more than {} batches", cell.id, kLanesPerCell);
    }
    for (const LaneRecord& lane : cell.lanes) {
      const std::int64_t place = std::ssize(lanes);
      lanes.push_back(write_lane(kLanesPerCell * id + place, id, lane, record_.worker_of(cell)));
    }
  }

  std::int64_t write_lane(std::int64_t id, std::int64_t cell, const LaneRecord& lane, const WorkerRecord* worker) {
    const std::vector<double> samples = lane.samples_ns();
    const MemoryRecord& memory = lane.memory;
    ++result_.lanes;
    return insert(
        "INSERT INTO lane(id, cell, batch, status, reason, runtime, p50_ns, samples, load_us, first_us, cpu_ns, "
        "rss_before, rss_peak, blocks) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, cell, std::int64_t{lane.batch}, status_name(lane.outcome.status), lane.outcome.reason,
        runtime_id(lane.runner, worker),
        samples.empty() ? std::nullopt : std::optional(rounded(metrics::median(samples))), signed_of(samples.size()),
        rounded(lane.load_ms * 1e3), rounded(lane.first_invoke_ms * 1e3), rounded(lane.cpu_ms * 1e6),
        memory.before_load, std::max({memory.peak_load, memory.peak_first, memory.peak_steady}),
        pack_blocks(lane.blocks));
  }

  std::int64_t series_id(const SeriesKey& key) {
    const std::string kind(series_kind_name(key.kind));
    const std::int64_t threads = key.threads;
    const std::int64_t batch = key.batch;
    if (const auto id = find(
            "SELECT id FROM series WHERE board = ? AND branch = ? AND kind = ? AND variant = ? AND baseline = ? AND "
            "runner = ? AND kernels = ? AND delegate = ? AND threads = ? AND batch = ?",
            board_, options_.branch, kind, key.variant, key.baseline, key.runner, key.kernels, key.delegate, threads,
            batch)) {
      return *id;
    }
    return insert(
        "INSERT INTO series(board, branch, kind, variant, baseline, runner, kernels, delegate, threads, batch) "
        "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        board_, options_.branch, kind, key.variant, key.baseline, key.runner, key.kernels, key.delegate, threads,
        batch);
  }

  void write_points() {
    for (const NightValue& value : night_values(record_)) {
      std::optional<std::int64_t> reference;
      if (value.reference_cell) reference = lanes_[*value.reference_cell][value.reference_lane];
      std::optional<double> low;
      std::optional<double> high;
      if (value.interval) {
        low = value.interval->low;
        high = value.interval->high;
      }
      const auto uniform = value.key.kind == SeriesKind::kCanary ? value.uniform : std::nullopt;
      insert(
          "INSERT INTO point(series, place, run, created, confirms, lane, reference, rounds, answer, estimate, low, "
          "high, "
          "uniform, reference_ns) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          series_id(value.key), place_, result_.run, created_.value_or(0), result_.confirms,
          lanes_[value.cell][value.lane], reference, signed_of(value.rounds), night_answer_name(value.answer),
          value.estimate, low, high, uniform, value.reference_ns);
      ++result_.series;
    }
  }

  SQLite::Database& database_;
  const StoredRun& run_;
  const Record& record_;
  const AddOptions& options_;
  std::map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
  AddResult result_;
  std::optional<std::int64_t> created_;  ///< absent: the record has no readable date
  std::optional<Bytes> measured_;
  std::int64_t place_ = 0;
  std::int64_t board_ = 0;
  std::vector<std::vector<std::int64_t>> lanes_;  ///< ids, by cell and lane of the record
};

}  // namespace

AddResult write_run(SQLite::Database& database, const StoredRun& run, const AddOptions& options) {
  return RunWriter(database, run, options).write();
}

}  // namespace qbench::reports::history
