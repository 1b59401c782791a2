// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/record.h"
#include "reports/history/night_order.h"
#include "reports/history/night_points.h"
#include "reports/history/open_mode.h"
#include "reports/record_reader.h"

namespace SQLite {
class Database;
}

namespace qbench::reports::history {

enum class NightMode {
  kAuto,     ///< the same commit as the board's last night, within 12 hours, confirms it; anything else is a night
  kNight,    ///< a night of its own
  kConfirm,  ///< the second look at a night
};

struct AddOptions {
  std::string commit;  ///< git commit of what was tested
  std::string branch;  ///< every branch has its own series
  std::string label;   ///< free text
  NightMode mode = NightMode::kAuto;
  std::optional<RunId> confirms;    ///< kConfirm: the night; absent: the board's and branch's last one
  bool backfill = false;            ///< its place is where its date says, not behind all others
  std::optional<std::int64_t> now;  ///< seconds since 1970; absent: by the clock
};

/// A run whose date became impossible by what was added, or possible again.
struct MarkedRun {
  RunId run = 0;
  std::int64_t created = 0;
  DateMark mark = DateMark::kNone;
};

struct AddResult {
  RunId run = 0;
  bool already = false;           ///< it was there before; nothing was added
  std::optional<RunId> confirms;  ///< the night that it confirms
  std::size_t lanes = 0;
  std::size_t series = 0;         ///< in which it is a point
  std::optional<RunId> before;    ///< with backfill: the next night of the board after it
  std::vector<MarkedRun> marked;  ///< itself included
};

/// What repair() did, or would do.
struct Repair {
  struct Duplicate {
    RunId run = 0;
    RunId same_as = 0;  ///< kept
  };
  std::vector<Duplicate> dropped;
  std::vector<MarkedRun> marked;
  std::vector<RunId> moved;  ///< stand behind another run than before
  std::size_t runs = 0;      ///< left
};

struct RepairOptions {
  bool dry_run = false;
  bool by_date = false;  ///< order of nights: that of possible dates; else the one that stands
  std::optional<std::int64_t> now;
};

/// A run as the lists show it.
struct RunInfo {
  RunId id = 0;
  std::int64_t created = 0;  ///< seconds since 1970, UTC; meaningless with kUnreadable
  DateMark mark = DateMark::kNone;
  std::string board;  ///< Board::id
  std::string unit;
  std::string cpu;
  std::string name;
  std::string qbench_version;
  std::string qbench_commit;
  std::string commit;
  std::string branch;
  std::string label;
  bool partial = false;
  std::optional<RunId> confirms;
  std::int64_t cells = 0;
  std::int64_t lanes = 0;
};

struct SeriesInfo {
  std::int64_t id = 0;
  std::string board;
  std::string unit;
  std::string branch;
  SeriesKey key;
  std::optional<std::int64_t> newest;  ///< when its last run with a possible date was made

  /// "int8 b1 t1", with whatever of the rest is not the usual: for people and for --series.
  [[nodiscard]] std::string name() const;
};

/// One run in one series.
struct SeriesPoint {
  RunId run = 0;
  std::int64_t place = 0;  ///< in the order of nights
  std::int64_t created = 0;
  std::optional<RunId> confirms;
  std::int64_t lane = 0;
  std::int64_t reference_lane = 0;  ///< 0: none
  std::size_t rounds = 0;
  metrics::NightAnswer answer = metrics::NightAnswer::kInsufficient;
  std::optional<double> estimate;
  std::optional<metrics::Interval> interval;
  std::optional<double> uniform;  ///< A/A series only
  std::optional<double> reference_ns;
};

/// What was measured at a point; two nights with the same one had the same model file and runtime library.
struct LaneIdentity {
  std::int64_t subject = 0;
  std::int64_t runtime = 0;
  bool operator==(const LaneIdentity&) const = default;
};

struct LaneInfo {
  LaneIdentity identity;
  std::string cell;  ///< CellRecord::id
  Status status = Status::kOk;
  std::string reason;
  std::string prediction_sha256;  ///< of its cell; empty without an evaluation
};

/// The recorded act that a series starts anew with a run, because its reference is another one from then on.
struct Pin {
  std::int64_t series = 0;
  RunId run = 0;
  std::int64_t place = 0;  ///< of the run
  std::int64_t pinned = 0;
  std::string note;
};

struct SeriesFilter {
  std::string board;   ///< part of the board's id; empty: all
  std::string branch;  ///< whole; only with `one_branch`
  bool one_branch = false;
  std::string series;  ///< part of the series' name; empty: all
};

/// The history file. One object serves one thread; any number of processes may read and write the file at once. Every
/// change is one transaction: it is there wholly and synced to the disk when the function returns, or not at all. All
/// functions throw Error(kIo) on faults of the file and Error(kConfig) on content that is damaged.
class Store {
 public:
  /// See open_database().
  Store(const std::filesystem::path& path, OpenMode mode);
  ~Store();
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;

  /// Keeps a run with all its samples and predictions, behind all others in the order of nights. The same run, or one
  /// of the same board with the very same samples, is kept once. A date that is impossible is marked. Throws
  /// Error(kUsage) when the night to confirm does not exist, and when a run with an impossible date is to be put in its
  /// place by it.
  AddResult add(const StoredRun& run, const AddOptions& options = {});

  /// Last in the order of nights first; of more than `most` the last.
  [[nodiscard]] std::vector<RunInfo> runs(const SeriesFilter& filter = {}, std::size_t most = 50) const;
  /// nullopt when there is none.
  [[nodiscard]] std::optional<RunInfo> run(RunId id) const;
  /// Ordered by board, branch, kind and name.
  [[nodiscard]] std::vector<SeriesInfo> series(const SeriesFilter& filter = {}) const;
  /// In the order of nights, confirmations included, from the place `since` on; of more than `most` the last.
  [[nodiscard]] std::vector<SeriesPoint> points(std::int64_t series, std::int64_t since = 0,
                                                std::size_t most = std::numeric_limits<std::int32_t>::max()) const;
  /// The first from the place `since` on that has a reference; nullopt without one.
  [[nodiscard]] std::optional<SeriesPoint> first_point(std::int64_t series, std::int64_t since = 0) const;
  /// Empty fields when there is no such lane.
  [[nodiscard]] LaneInfo lane(std::int64_t id) const;

  /// The whole run as it was added: record, samples, predictions (best class only). Throws Error(kUsage) when there is
  /// no such run.
  [[nodiscard]] StoredRun load(RunId id) const;

  /// Starts a new segment at this run in each of its series that `filter` passes. Returns how many. Throws
  /// Error(kUsage) when there is no such run or no such series in it.
  std::size_t pin(RunId run, const std::string& note, const SeriesFilter& filter = {});
  /// Oldest act first.
  [[nodiscard]] std::vector<Pin> pins() const;

  /// Runs whose date is impossible, in the order of nights.
  [[nodiscard]] std::vector<RunInfo> misdated(const SeriesFilter& filter = {}) const;
  /// Drops all but the first of several runs with the same samples (what refers to them refers to it then), judges all
  /// dates anew and numbers all nights anew.
  Repair repair(const RepairOptions& options = {});

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
  std::unique_ptr<SQLite::Database> database_;
};

}  // namespace qbench::reports::history
