// SPDX-License-Identifier: Apache-2.0
#include "reports/history/history_export.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "reports/csv_text.h"
#include "tests/support/night_record.h"
#include "tests/support/paths.h"
#include "tests/support/sample_record.h"

namespace qbench::reports::history {
namespace {

class HistoryExportTest : public ::testing::Test {
 protected:
  HistoryExportTest() {
    for (int i = 0; i < 3; ++i) {
      testing::NightPlan plan;
      plan.seed = static_cast<std::uint64_t>(i) + 1;
      plan.created += i * 86400;
      plan.slower = 0.01 * i;
      (void)store_.add(testing::night_run(plan), {.commit = "c" + std::to_string(i), .label = "=1+1"});
    }
  }
  [[nodiscard]] Store& store() { return store_; }
  [[nodiscard]] static std::vector<std::vector<std::string>> rows(const std::string& csv) {
    std::vector<std::vector<std::string>> all;
    CsvReader reader(csv, "test");
    for (std::vector<std::string> row; reader.next(row);) all.push_back(row);
    return all;
  }

 private:
  testing::TemporaryFolder folder_;
  Store store_{folder_.path() / "history.db", OpenMode::kWrite};
};

TEST_F(HistoryExportTest, CsvHasARowForEachRunAndSeries) {
  const auto table = rows(nights_csv(store(), {}));
  ASSERT_EQ(table.size(), 7U);
  for (const auto& row : table) EXPECT_EQ(row.size(), table[0].size());
  EXPECT_EQ(table[1][2], "model0 b1 t1");
  EXPECT_EQ(table[3][9], "c2");
  EXPECT_NEAR(std::stod(table[3][13]), 0.02, 0.004);
  EXPECT_EQ(csv_plain_text(table[1][10]), "=1+1");
  EXPECT_EQ(rows(nights_csv(store(), {.series = "A/A"})).size(), 4U);
}

TEST_F(HistoryExportTest, JsonHasTheNightsAndPinsOfEachSeries) {
  (void)store().pin(2, "why");
  const auto json = nights_json(store(), {.series = "model0 b1"});
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0].at("nights").size(), 3U);
  EXPECT_EQ(json[0].at("nights")[1].at("commit"), "c1");
  EXPECT_EQ(json[0].at("pins")[0].at("note"), "why");
}

TEST_F(HistoryExportTest, SamplesAreAllThere) {
  const Record record = testing::night_record({.seed = 1});
  const auto table = rows(samples_csv(store(), 1));
  ASSERT_EQ(table.size(), 1 + 3 * 40 * 8U);
  EXPECT_EQ(table[1][5], std::to_string(record.cells[0].lanes[0].blocks[0].samples_ns[0]));
  EXPECT_THROW((void)samples_csv(store(), 99), Error);
}

TEST_F(HistoryExportTest, ListNamesRunsSeriesAndPins) {
  (void)store().pin(2, "new reference");
  const std::string text = list_text(store(), {}, 2, {.width = 300});
  EXPECT_NE(text.find("c2"), std::string::npos);
  EXPECT_EQ(text.find("c0"), std::string::npos);  // only two
  EXPECT_NE(text.find("model0 (A/A) b1 t1"), std::string::npos);
  EXPECT_NE(text.find("new reference"), std::string::npos);
  const auto json = list_json(store(), {}, 10);
  EXPECT_EQ(json.at("runs").size(), 3U);
  EXPECT_EQ(json.at("series").size(), 2U);
  EXPECT_EQ(json.at("pins").size(), 2U);
  EXPECT_EQ(list_text(store(), {.board = "none"}, 2), "no runs\n");
}

TEST_F(HistoryExportTest, PageStandsAloneAndRunsNothing) {
  const std::string page = nights_html(store(), {});
  EXPECT_NE(page.find("<svg"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  StoredRun run = testing::night_run({.seed = 50});
  for (CellRecord& cell : run.record.cells) cell.variant = testing::hostile_name();
  (void)store().add(run);
  EXPECT_EQ(nights_html(store(), {}).find("<img"), std::string::npos);
}

}  // namespace
}  // namespace qbench::reports::history
