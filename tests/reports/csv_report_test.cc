// SPDX-License-Identifier: Apache-2.0
#include "reports/csv_report.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "reports/csv_text.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

using Row = std::map<std::string, std::string>;

/// The rows by column name, after checking that each has as many fields as the header.
std::vector<Row> rows_of(const Record& record) {
  const auto predictions = testing::sample_predictions();
  const Comparison comparison = compare_cells(record, predictions);
  const std::string text = csv_report_text({record, comparison, predictions});
  CsvReader reader(text, "report.csv");
  std::vector<std::string> names;
  std::vector<std::string> fields;
  EXPECT_TRUE(reader.next(names));
  std::vector<Row> rows;
  while (reader.next(fields)) {
    EXPECT_EQ(fields.size(), names.size());
    Row row;
    for (std::size_t i = 0; i < fields.size(); ++i) row[names[i]] = csv_plain_text(fields[i]);
    rows.push_back(row);
  }
  return rows;
}

TEST(CsvReportTest, OneRowForEachCellAndBatch) {
  const std::vector<Row> rows = rows_of(testing::sample_record());
  ASSERT_EQ(rows.size(), 11U);
  EXPECT_EQ(rows[0].at("cell"), "fp32-tflite-t1");
  EXPECT_EQ(rows[0].at("batch"), "1");
  EXPECT_EQ(rows[1].at("batch"), "64");
  EXPECT_EQ(rows[2].at("latency_verdict"), "FASTER");
  EXPECT_EQ(rows[2].at("right_to_wrong"), "4");
}

TEST(CsvReportTest, ColumnNamesAreUnique) {
  const std::string text = csv_report_text({Record{}, Comparison{}});
  CsvReader reader(text, "report.csv");
  std::vector<std::string> names;
  ASSERT_TRUE(reader.next(names));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  EXPECT_FALSE(reader.next(names));
}

TEST(CsvReportTest, HostileNamesComeBack) {
  EXPECT_EQ(rows_of(testing::sample_record())[4].at("variant"), testing::hostile_name());
}

TEST(CsvReportTest, FailedCellKeepsItsRowWithEmptyFigures) {
  const Row row = rows_of(testing::sample_record())[6];
  EXPECT_EQ(row.at("status"), "crashed");
  EXPECT_NE(row.at("reason").find("signal 11"), std::string::npos);
  EXPECT_EQ(row.at("p50_ms"), "");
  EXPECT_EQ(row.at("load_ms"), "");
  EXPECT_EQ(row.at("top1"), "");
}

TEST(CsvReportTest, CellWithoutLanesKeepsARow) {
  Record record = testing::sample_record();
  record.cells[4].lanes.clear();
  const std::vector<Row> rows = rows_of(record);
  ASSERT_EQ(rows.size(), 10U);
  EXPECT_EQ(rows[8].at("cell"), "edgetpu-tflite-t1");
  EXPECT_EQ(rows[8].at("batch"), "");
}

}  // namespace
}  // namespace qbench::reports
