// SPDX-License-Identifier: Apache-2.0
#include "reports/history/store.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/utc_time.h"
#include "reports/comparison.h"
#include "tests/support/night_record.h"
#include "tests/support/paths.h"
#include "tests/support/sample_record.h"

namespace qbench::reports::history {
namespace {

using testing::night_run;
using testing::NightPlan;

constexpr std::int64_t kNight = 24 * 3600;

class StoreTest : public ::testing::Test {
 protected:
  [[nodiscard]] Store open(OpenMode mode = OpenMode::kWrite) const { return {path(), mode}; }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "history.db"; }
  /// Night `number` of a simulated series.
  [[nodiscard]] static NightPlan night(int number) {
    NightPlan plan;
    plan.seed = static_cast<std::uint64_t>(number) + 1;
    plan.created += number * kNight;
    return plan;
  }
  static void expect_usage_error(const std::function<void()>& work) {
    try {
      work();
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage) << error.what();
    }
  }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(StoreTest, AWholeRunComesBack) {
  StoredRun run{.record = testing::sample_record(), .predictions = testing::sample_predictions()};
  run.record.dataset->skipped_images.pop_back();  // a name that is not UTF-8 cannot survive JSON
  Store store = open();
  const AddResult added = store.add(run);
  const StoredRun back = store.load(added.run);
  EXPECT_EQ(record_to_json(back.record), record_to_json(run.record));
  ASSERT_EQ(back.predictions.size(), 2U);
  EXPECT_EQ(compare_cells(back.record, back.predictions).cells[1].accuracy->paired->right_to_wrong, 4);
}

TEST_F(StoreTest, TheSameRunIsKeptOnce) {
  Store store = open();
  const AddResult first = store.add(night_run(night(0)), {.commit = "aaaa"});
  const AddResult again = store.add(night_run(night(0)), {.commit = "bbbb"});
  EXPECT_FALSE(first.already);
  EXPECT_TRUE(again.already);
  EXPECT_EQ(again.run, first.run);
  EXPECT_EQ(store.runs().size(), 1U);
  EXPECT_EQ(store.runs()[0].commit, "aaaa");
}

TEST_F(StoreTest, RunsTellWhatWasTestedWhereAndWhen) {
  Store store = open();
  (void)store.add(night_run(night(0)), {.commit = "c0ffee", .branch = "main", .label = "after the heat wave"});
  const RunInfo run = store.runs().at(0);
  EXPECT_EQ(run.commit, "c0ffee");
  EXPECT_EQ(run.branch, "main");
  EXPECT_EQ(run.label, "after the heat wave");
  EXPECT_EQ(utc_text(run.created), "2026-01-01T00:00:00Z");
  EXPECT_EQ(run.qbench_version, "0.1.0");
  EXPECT_EQ(run.qbench_commit, "0123456");
  EXPECT_EQ(run.cpu, "4 x Cortex-A72");
  EXPECT_EQ(run.board, night_run(night(0)).record.board.id);
  EXPECT_EQ(run.cells, 3);
  EXPECT_EQ(run.lanes, 3);
  EXPECT_EQ(store.run(run.id)->commit, "c0ffee");
  EXPECT_FALSE(store.run(99));
}

TEST_F(StoreTest, NightsFormOneSeriesForEachModelBatchAndBranch) {
  Store store = open();
  NightPlan plan = night(0);
  plan.models = 2;
  plan.batches = 2;
  (void)store.add(night_run(plan));
  EXPECT_EQ(store.series().size(), 8U);
  plan = night(1);
  plan.models = 2;
  plan.batches = 2;
  (void)store.add(night_run(plan));
  EXPECT_EQ(store.series().size(), 8U);
  (void)store.add(night_run(night(2)), {.branch = "feature"});
  EXPECT_EQ(store.series().size(), 10U);
  EXPECT_EQ(store.series({.branch = "feature", .one_branch = true}).size(), 2U);
  EXPECT_EQ(store.series({.series = "model1 b2"}).size(), 1U);
}

TEST_F(StoreTest, PointsComeOldestFirstWithWhatWasMeasured) {
  Store store = open();
  for (const int number : {2, 0, 1}) {
    NightPlan plan = night(number);
    plan.slower = 0.01 * number;
    (void)store.add(night_run(plan), {.backfill = true});
  }
  const auto series = store.series();
  ASSERT_EQ(series.size(), 2U);
  ASSERT_EQ(series[0].key.kind, SeriesKind::kNight);
  EXPECT_EQ(series[0].name(), "model0 b1 t1");
  EXPECT_EQ(series[1].name(), "model0 (A/A) b1 t1");
  const auto points = store.points(series[0].id);
  ASSERT_EQ(points.size(), 3U);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_NEAR(*points[i].estimate, std::log1p(0.01 * static_cast<double>(i)), 0.004);
    EXPECT_LE(points[i].interval->low, *points[i].estimate);
    EXPECT_NEAR(*points[i].reference_ns, 200e3, 2e3);
    EXPECT_EQ(points[i].rounds, 40U);
    EXPECT_EQ(store.lane(points[i].lane).cell, "model0-candidate");
    EXPECT_EQ(store.lane(points[i].reference_lane).cell, "model0-reference");
  }
  EXPECT_EQ(store.points(series[0].id, 0, 2).front().run, points[1].run);
  EXPECT_EQ(store.points(series[0].id, points[1].place).size(), 2U);
}

TEST_F(StoreTest, ASecondRunOfTheSameCommitConfirmsTheNight) {
  Store store = open();
  NightPlan plan = night(0);
  const AddResult first = store.add(night_run(plan), {.commit = "aaaa"});
  plan.seed = 77;
  plan.created += 1800;
  const AddResult second = store.add(night_run(plan), {.commit = "aaaa"});
  EXPECT_EQ(second.confirms, first.run);
  EXPECT_FALSE(store.add(night_run(night(1)), {.commit = "aaaa"}).confirms);  // the next night
  const auto points = store.points(store.series()[0].id);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].confirms, first.run);
}

TEST_F(StoreTest, WithoutACommitOnlyTheFlagConfirms) {
  Store store = open();
  NightPlan plan = night(0);
  const AddResult first = store.add(night_run(plan));
  plan.seed = 77;
  EXPECT_FALSE(store.add(night_run(plan)).confirms);
  plan.seed = 78;
  plan.created += 60;
  EXPECT_EQ(store.add(night_run(plan), {.mode = NightMode::kConfirm, .confirms = first.run}).confirms, first.run);
  plan.seed = 79;
  EXPECT_NE(store.add(night_run(plan), {.mode = NightMode::kConfirm}).confirms, first.run);  // the last night
  plan.seed = 80;
  EXPECT_FALSE(store.add(night_run(plan), {.commit = "a", .mode = NightMode::kNight}).confirms);
}

TEST_F(StoreTest, ANightThatIsNotThereCannotBeConfirmed) {
  Store store = open();
  expect_usage_error([&] { (void)store.add(night_run(night(0)), {.mode = NightMode::kConfirm}); });
  (void)store.add(night_run(night(0)));
  expect_usage_error([&] { (void)store.add(night_run(night(1)), {.mode = NightMode::kConfirm, .confirms = 9}); });
  EXPECT_EQ(store.runs().size(), 1U);
}

TEST_F(StoreTest, BoardsAndUnitsDoNotMix) {
  Store store = open();
  NightPlan plan = night(0);
  (void)store.add(night_run(plan), {.commit = "a"});
  StoredRun other = night_run(plan);
  other.record.board.unit = "12345678";
  EXPECT_FALSE(store.add(other, {.commit = "a"}).confirms);
  EXPECT_EQ(store.series().size(), 4U);
  EXPECT_TRUE(store.series({.board = "no such board"}).empty());
}

TEST_F(StoreTest, PinsAreRecordedForEverySeriesOfTheNight) {
  Store store = open();
  const AddResult night0 = store.add(night_run(night(0)));
  EXPECT_EQ(store.pin(night0.run, "new reference 0.2"), 2U);
  EXPECT_EQ(store.pin(night0.run, "only the canary", {.series = "A/A"}), 1U);
  const auto pins = store.pins();
  ASSERT_EQ(pins.size(), 3U);
  EXPECT_EQ(pins[0].run, night0.run);
  EXPECT_EQ(pins[0].note, "new reference 0.2");
  EXPECT_GT(pins[0].pinned, 0);
  expect_usage_error([&] { (void)store.pin(99, ""); });
  expect_usage_error([&] { (void)store.pin(night0.run, "", {.series = "no such series"}); });
}

TEST_F(StoreTest, PredictionsThatDoNotChangeAreKeptOnce) {
  Store store = open();
  NightPlan plan = night(0);
  plan.images = 20000;
  plan.rounds = 10;
  (void)store.add(night_run(plan));
  const auto one = std::filesystem::file_size(path().string() + "-wal");
  for (int i = 1; i < 4; ++i) {
    NightPlan next = night(i);
    next.images = 20000;
    next.rounds = 10;
    (void)store.add(night_run(next));
  }
  EXPECT_LT(std::filesystem::file_size(path().string() + "-wal"), 4 * one);
  EXPECT_EQ(store.load(4).predictions.size(), 3U);
  EXPECT_EQ(store.load(4).predictions[2].predictions.size(), 20000U);
}

TEST_F(StoreTest, ARecordWithoutADateIsKeptAndMarked) {
  StoredRun run = night_run(night(0));
  run.record.created_utc = "yesterday";
  Store store = open();
  const AddResult added = store.add(run);
  ASSERT_EQ(added.marked.size(), 1U);
  EXPECT_EQ(added.marked[0].mark, DateMark::kUnreadable);
  EXPECT_EQ(store.runs().at(0).mark, DateMark::kUnreadable);
  EXPECT_FALSE(store.series().at(0).newest);
  expect_usage_error([&] {
    run = night_run(night(1));
    run.record.created_utc = "";
    (void)store.add(run, {.backfill = true});
  });
}

TEST_F(StoreTest, NamesMayHoldAnything) {
  StoredRun run{.record = testing::sample_record()};
  const std::string hostile = testing::hostile_name();
  Store store = open();
  (void)store.add(run, {.commit = hostile, .branch = "'; DROP TABLE run; --", .label = hostile});
  EXPECT_EQ(store.runs()[0].label, hostile);
  EXPECT_EQ(store.runs({.branch = "'; DROP TABLE run; --", .one_branch = true}).size(), 1U);
}

TEST_F(StoreTest, ReadersSeeWhatAWriterAdds) {
  Store writer = open();
  const Store reader = open(OpenMode::kRead);
  (void)writer.add(night_run(night(0)));
  EXPECT_EQ(reader.runs().size(), 1U);
}

TEST_F(StoreTest, ReadersChangeNothingAndLeaveNothingBehind) {
  { (void)open().add(night_run(night(0))); }
  {
    Store reader = open(OpenMode::kRead);
    EXPECT_EQ(reader.runs().size(), 1U);
    EXPECT_THROW((void)reader.add(night_run(night(1))), Error);
  }
  EXPECT_FALSE(std::filesystem::exists(path().string() + "-wal"));
  EXPECT_FALSE(std::filesystem::exists(path().string() + "-shm"));
}

}  // namespace
}  // namespace qbench::reports::history
