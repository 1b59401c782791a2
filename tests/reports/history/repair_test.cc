// SPDX-License-Identifier: Apache-2.0
// Histories with impossible dates, copies and nights of earlier; and what puts them right.
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/utc_time.h"
#include "reports/history/check.h"
#include "reports/history/check_text.h"
#include "reports/history/history_export.h"
#include "reports/history/schema.h"
#include "tests/support/night_record.h"
#include "tests/support/paths.h"

namespace qbench::reports::history {
namespace {

constexpr std::int64_t kSecondsADay = 24 * 3600;
constexpr std::int64_t kStart = testing::NightPlan{}.created;
constexpr std::int64_t k2036 = 2082758400;

class RepairTest : public ::testing::Test {
 protected:
  /// A run dated `created`, added at `now` (absent: at the same moment).
  AddResult add(std::int64_t created, double slower = 0.0, AddOptions options = {}) {
    if (!options.now) options.now = created;
    return store_.add(testing::night_run({.seed = ++seed_, .created = created, .slower = slower}), options);
  }
  AddResult night(int number, double slower = 0.0) { return add(kStart + number * kSecondsADay, slower); }
  AddResult confirm(int number, double slower) {
    return add(kStart + number * kSecondsADay + 1800, slower, {.mode = NightMode::kConfirm});
  }
  void nights(int from, int to, double slower = 0.0) {
    for (int i = from; i < to; ++i) (void)night(i, slower);
  }
  [[nodiscard]] std::vector<RunId> order() const {
    std::vector<RunId> ids;
    for (const RunInfo& run : store_.runs()) ids.insert(ids.begin(), run.id);
    return ids;
  }
  [[nodiscard]] CheckReport check() const { return check_history(store_); }
  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "history.db"; }

 private:
  testing::TemporaryFolder folder_;
  Store store_{folder_.path() / "history.db", OpenMode::kWrite};
  std::uint64_t seed_ = 500;
};

TEST_F(RepairTest, ARunFromTheFutureHidesNoRegression) {
  for (const std::int64_t when : {k2036, std::int64_t{10}}) {
    nights(0, 8);
    const std::int64_t now = kStart + 8 * kSecondsADay;
    const AddResult odd = add(when, 0.0, {.now = now});
    ASSERT_EQ(odd.marked.size(), 1U);
    EXPECT_EQ(odd.marked[0].mark, when == k2036 ? DateMark::kAhead : DateMark::kEarly);
    nights(9, 11, 0.2);
    EXPECT_EQ(check().state(), CheckState::kConfirmNeeded);
    (void)confirm(10, 0.2);
    const CheckReport report = check();
    EXPECT_EQ(report.state(), CheckState::kAlarm);
    ASSERT_EQ(report.series.size(), 1U);
    ASSERT_TRUE(report.series[0].changed_in);
    EXPECT_EQ(report.series[0].changed_in->created, kStart + 9 * kSecondsADay);
    EXPECT_EQ(report.misdated.size(), 1U);
    EXPECT_NE(check_text(report, {.width = 400}).find("dates: 1 run has an impossible one"), std::string::npos);
    store() = Store(path().string() + "2", OpenMode::kWrite);
  }
}

TEST_F(RepairTest, AClockInTheFutureThatAddedAsWellIsFoundOutByTheNextNight) {
  nights(0, 8);
  EXPECT_TRUE(add(k2036).marked.empty());
  const AddResult next = night(9, 0.2);
  ASSERT_EQ(next.marked.size(), 1U);
  EXPECT_EQ(next.marked[0].run, 9);
  EXPECT_EQ(next.marked[0].mark, DateMark::kAhead);
  EXPECT_EQ(check().state(), CheckState::kConfirmNeeded);
}

TEST_F(RepairTest, ABoardWithoutAClockHasNightsAsAnyOther) {
  for (int i = 0; i < 8; ++i) (void)add(300 + i % 2);  // 1970, the same minute after every start
  (void)add(301, 0.2, {.commit = "x"});
  EXPECT_FALSE(add(300, 0.2, {.commit = "x"}).confirms);  // the next night, whatever the clock says
  EXPECT_EQ(check().state(), CheckState::kConfirmNeeded);
  (void)add(302, 0.2, {.mode = NightMode::kConfirm});
  const CheckReport report = check();
  EXPECT_EQ(report.state(), CheckState::kAlarm);
  EXPECT_EQ(report.series.at(0).judgement.night, 10);
  ASSERT_TRUE(report.series.at(0).changed_in);
  EXPECT_EQ(report.series.at(0).changed_in->id, 9);
  EXPECT_TRUE(report.old.empty());
}

TEST_F(RepairTest, AClockThatFallsBackKeepsTheOrderOfAdding) {
  nights(0, 8);
  (void)add(kStart + 8 * kSecondsADay, 0.2);
  const AddResult back = add(kStart + 8 * kSecondsADay - 3600, 0.2);  // the end of summer time
  EXPECT_TRUE(back.marked.empty());
  const AddResult far = add(kStart + 2 * kSecondsADay, 0.2);
  ASSERT_EQ(far.marked.size(), 1U);
  EXPECT_EQ(far.marked[0].mark, DateMark::kBehind);
  EXPECT_EQ(check().series.at(0).judgement.night, far.run);
  ASSERT_TRUE(check().series.at(0).changed_in);
  EXPECT_EQ(check().series.at(0).changed_in->id, 9);
}

TEST_F(RepairTest, NightsOfEarlierGoWhereTheirDatesSay) {
  nights(10, 14, 0.2);
  const std::int64_t now = kStart + 14 * kSecondsADay;
  for (int i = 0; i < 10; ++i) {
    const AddResult old = add(kStart + i * kSecondsADay, 0.0, {.backfill = true, .now = now});
    EXPECT_EQ(old.before, 1);
    EXPECT_TRUE(old.marked.empty());
  }
  EXPECT_EQ(order(), (std::vector<RunId>{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 1, 2, 3, 4}));
  const CheckReport report = check();
  EXPECT_EQ(report.series.at(0).judgement.night, 4);
  ASSERT_TRUE(report.series.at(0).changed_in);
  EXPECT_EQ(report.series.at(0).changed_in->id, 1);
  for (const std::int64_t impossible : {std::int64_t{10}, k2036}) {
    EXPECT_THROW((void)add(impossible, 0.0, {.backfill = true, .now = now}), Error);
  }
}

TEST_F(RepairTest, ByDatePutsNightsOfEarlierInTheirPlaceAfterwards) {
  nights(10, 14, 0.2);
  for (int i = 0; i < 5; ++i) (void)add(kStart + i * kSecondsADay, 0.0, {.now = kStart + 14 * kSecondsADay});
  EXPECT_EQ(store().misdated().size(), 5U);
  const Repair planned = store().repair({.dry_run = true, .by_date = true, .now = kStart + 14 * kSecondsADay});
  EXPECT_EQ(planned.moved.size(), 2U);  // the first of either part; the others keep their neighbour
  EXPECT_EQ(store().misdated().size(), 5U);
  const Repair done = store().repair({.by_date = true, .now = kStart + 14 * kSecondsADay});
  EXPECT_EQ(done.moved, planned.moved);
  EXPECT_EQ(done.marked.size(), 5U);
  EXPECT_TRUE(store().misdated().empty());
  EXPECT_EQ(order(), (std::vector<RunId>{5, 6, 7, 8, 9, 1, 2, 3, 4}));
  EXPECT_EQ(check().series.at(0).judgement.night, 4);
  EXPECT_TRUE(store().repair({.now = kStart + 14 * kSecondsADay}).moved.empty());
}

TEST_F(RepairTest, ACopyOfARunIsNoSecondLook) {
  nights(0, 8);
  const StoredRun slow = testing::night_run({.seed = 77, .created = kStart + 8 * kSecondsADay, .slower = 0.2});
  const AddResult first = store().add(slow, {.now = kStart + 8 * kSecondsADay});
  StoredRun copy = slow;
  copy.record.created_utc = utc_text(kStart + 8 * kSecondsADay + 600);
  const AddResult second = store().add(copy, {.mode = NightMode::kConfirm, .now = kStart + 8 * kSecondsADay});
  EXPECT_TRUE(second.already);
  EXPECT_EQ(second.run, first.run);
  EXPECT_EQ(check().state(), CheckState::kConfirmNeeded);
}

TEST_F(RepairTest, CopiesInAFileAreDroppedWithAllThatIsTheirs) {
  nights(0, 8);
  const StoredRun slow =
      testing::night_run({.seed = 77, .created = kStart + 8 * kSecondsADay, .slower = 0.2, .images = 20});
  const AddResult first = store().add(slow, {.now = kStart + 8 * kSecondsADay});
  // As an older program kept it: without the hash.
  SQLite::Database(path().string(), SQLite::OPEN_READWRITE).exec("UPDATE run SET measured = NULL");
  StoredRun copy = slow;
  copy.record.created_utc = utc_text(kStart + 8 * kSecondsADay + 600);
  const AddResult second = store().add(copy, {.mode = NightMode::kConfirm, .now = kStart + 8 * kSecondsADay});
  ASSERT_FALSE(second.already);
  EXPECT_EQ(check().state(), CheckState::kAlarm);  // falsely
  (void)store().pin(first.run, "kept");
  EXPECT_EQ(store().repair({.dry_run = true}).dropped.size(), 1U);
  EXPECT_EQ(store().runs().size(), 10U);
  const Repair done = store().repair();
  ASSERT_EQ(done.dropped.size(), 1U);
  EXPECT_EQ(done.dropped[0].run, second.run);
  EXPECT_EQ(done.dropped[0].same_as, first.run);
  EXPECT_EQ(store().runs().size(), 9U);
  EXPECT_EQ(check().state(), CheckState::kConfirmNeeded);
  EXPECT_EQ(store().pins().size(), 2U);
  EXPECT_EQ(store().load(first.run).predictions.size(), 3U);
  SQLite::Database file(path().string(), SQLite::OPEN_READONLY);
  EXPECT_EQ(file.execAndGet("PRAGMA integrity_check").getString(), "ok");
  EXPECT_EQ(file.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt(), 0);
  EXPECT_EQ(file.execAndGet("SELECT count(*) FROM lane WHERE cell NOT IN (SELECT id FROM cell)").getInt(), 0);
}

TEST_F(RepairTest, ASoundFileIsLeftAsItIs) {
  nights(0, 5);
  const Repair done = store().repair({.now = kStart + 5 * kSecondsADay});
  EXPECT_EQ(done.runs, 5U);
  EXPECT_TRUE(done.dropped.empty() && done.marked.empty() && done.moved.empty());
  EXPECT_EQ(order(), (std::vector<RunId>{1, 2, 3, 4, 5}));
}

TEST_F(RepairTest, ManyNightsOfEarlierFindRoom) {
  nights(100, 102);
  for (int i = 0; i < 40; ++i) {
    (void)add(kStart + i * kSecondsADay, 0.0, {.backfill = true, .now = kStart + 102 * kSecondsADay});
  }
  std::vector<std::int64_t> dates;
  for (const RunInfo& run : store().runs()) dates.insert(dates.begin(), run.created);
  EXPECT_TRUE(std::ranges::is_sorted(dates));
  const auto points = store().points(store().series().at(0).id);
  EXPECT_EQ(points.size(), 42U);
  EXPECT_TRUE(std::ranges::is_sorted(points, {}, &SeriesPoint::created));
}

TEST_F(RepairTest, ListAndExportShowWhichDatesAreImpossible) {
  nights(0, 2);
  (void)add(k2036, 0.0, {.now = kStart + 2 * kSecondsADay});
  EXPECT_NE(list_text(store(), {}, 10, {.width = 200}).find("2036-01-01T00:00 ?"), std::string::npos);
  EXPECT_NE(nights_csv(store(), {}).find(",ahead\r\n"), std::string::npos);
  EXPECT_EQ(list_json(store(), {}, 10)["runs"][0]["date_mark"], "ahead");
}

}  // namespace
}  // namespace qbench::reports::history
