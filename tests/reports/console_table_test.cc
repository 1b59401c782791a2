// SPDX-License-Identifier: Apache-2.0
#include "reports/console_table.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "reports/text.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

std::string table_of(const Record& record, const ConsoleStyle& style = {}) {
  const auto predictions = testing::sample_predictions();
  const Comparison comparison = compare_cells(record, predictions);
  return console_table({record, comparison, predictions}, style);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The column at which `text` ends, counted in terminal columns; -1 when the line lacks it.
int end_column(const std::string& line, const std::string& text) {
  const std::size_t at = line.find(text);
  return at == std::string::npos ? -1 : display_width(line.substr(0, at + text.size()));
}

TEST(ConsoleTableTest, NoLineIsWiderThanTheTerminal) {
  for (int width : {60, 80, 100, 120, 200}) {
    for (const std::string& line : lines_of(table_of(testing::sample_record(), {width, false}))) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(ConsoleTableTest, AllColumnsFitIn120) {
  const std::string text = table_of(testing::sample_record());
  for (const char* title : {"kernels", "p50 ms b1", "/img b64", "speed-up b1", "top-1 %", "size", "zstd", "RSS"}) {
    EXPECT_LT(text.find(title), text.find('\n')) << title;
  }
}

TEST(ConsoleTableTest, IntervalsGoBeforeColumns) {
  EXPECT_NE(table_of(testing::sample_record(), {200, false}).find("90.00 (85.06\u201393.43)"), std::string::npos);
  const std::string narrow = table_of(testing::sample_record(), {120, false});
  EXPECT_EQ(narrow.find("90.00 ("), std::string::npos);
  EXPECT_NE(narrow.find("  90.00  "), std::string::npos);
  EXPECT_NE(narrow.find("the interval of top-1"), std::string::npos);
}

TEST(ConsoleTableTest, ColumnsThatDoNotFitAreNamed) {
  const std::string text = table_of(testing::sample_record(), {70, false});
  EXPECT_NE(text.find("Too narrow for: kernels"), std::string::npos) << text;
}

TEST(ConsoleTableTest, ColumnsLineUpDespiteWideCharacters) {
  Record record = testing::sample_record();
  record.cells.resize(3);
  record.cells[2].variant = "\xE5\x9C\x86\xE5\x9C\x86";
  const std::vector<std::string> lines = lines_of(table_of(record));
  EXPECT_EQ(end_column(lines[1], "1.20 MB"), end_column(lines[2], "320 kB"));
  EXPECT_EQ(end_column(lines[1], "1.20 MB"), end_column(lines[3], "600 kB"));
}

TEST(ConsoleTableTest, BaselineIsMarkedAndFailuresAreExplained) {
  const std::string text = table_of(testing::sample_record());
  EXPECT_NE(text.find("* fp32"), std::string::npos);
  EXPECT_NE(text.find("dynamic: batch 1 crashed at load (signal 11)"), std::string::npos) << text;
  EXPECT_NE(text.find("edgetpu: batch 1, 64 unsupported at load: needs an Edge TPU delegate"), std::string::npos);
  EXPECT_NE(text.find("int8: batch 64 unsupported at load: a constant RESHAPE fixes the batch at 1"),
            std::string::npos);
}

TEST(ConsoleTableTest, FailedBaselineIsSaid) {
  Record record = testing::sample_record();
  std::swap(record.cells[0], record.cells[3]);
  EXPECT_NE(table_of(record, {250, false}).find("so there are no ratios"), std::string::npos);
}

TEST(ConsoleTableTest, HostileNamesCannotSteerTheTerminal) {
  const std::string text = table_of(testing::sample_record());
  for (unsigned char byte : text) EXPECT_TRUE(byte == '\n' || byte >= 0x20) << int{byte};
}

TEST(ConsoleTableTest, ColourOnlyWhenAskedFor) {
  EXPECT_EQ(table_of(testing::sample_record()).find('\x1b'), std::string::npos);
  const std::string coloured = table_of(testing::sample_record(), {120, true});
  EXPECT_NE(coloured.find("\x1b[32m"), std::string::npos);  // FASTER
  EXPECT_NE(coloured.find("\x1b[31m"), std::string::npos);  // crashed
}

TEST(ConsoleTableTest, AccuracyOnlyRunHasNoLatencyColumns) {
  Record record = testing::sample_record();
  record.cells.resize(2);
  for (CellRecord& cell : record.cells) {
    cell.lanes.clear();
    cell.sustained.reset();
  }
  const std::string text = table_of(record);
  for (const char* absent : {"p50", "speed-up", "RSS", "b0"}) EXPECT_EQ(text.find(absent), std::string::npos) << text;
  EXPECT_NE(text.find("88.50"), std::string::npos);
}

TEST(ConsoleTableTest, PartialRunIsSaid) {
  Record record = testing::sample_record();
  record.partial = true;
  EXPECT_NE(table_of(record).find("interrupted"), std::string::npos);
}

TEST(ConsoleTableTest, RecordWithoutCellsIsOneLine) { EXPECT_EQ(table_of(Record{}), "no cells were measured\n"); }

TEST(ConsoleTableTest, PipeIsNoTerminal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_FALSE(wants_colour(ends[1]));
  EXPECT_EQ(terminal_width(ends[1], 97), 97);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace qbench::reports
