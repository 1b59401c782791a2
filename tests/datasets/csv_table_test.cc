// SPDX-License-Identifier: Apache-2.0
#include "datasets/csv_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<CsvRow> parsed(std::string_view text) {
  const testing::TemporaryFolder folder;
  samples::write(folder.path() / "table.csv", text);
  return read_csv(folder.path() / "table.csv");
}

TEST(CsvTableTest, FieldsAreTrimmedAndEmptyLinesDropped) {
  const auto rows = parsed(
      "\xEF\xBB\xBF"
      "a, b ,c\r\n\n 1,,\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b", "c"));
  EXPECT_THAT(rows[1].fields, ElementsAre("1", "", ""));
  EXPECT_EQ(rows[1].line, 3U);
}

TEST(CsvTableTest, QuotedFieldsKeepEverything) {
  const auto rows = parsed("\" a,\"\"b\"\"\nc\" ,2\nx,y");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows[0].fields, ElementsAre(" a,\"b\"\nc", "2"));
  EXPECT_THAT(rows[1].fields, ElementsAre("x", "y"));
  EXPECT_EQ(rows[1].line, 3U);
}

TEST(CsvTableTest, BrokenQuotesAreNamedWithTheirLine) {
  for (const char* text : {"a,b\n\"open,1\n", "a,b\n\"x\"y,1\n"}) {
    try {
      parsed(text);
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("table.csv' line 2"));
    }
  }
}

TEST(CsvTableTest, SemicolonsAndTabsSeparateToo) {
  EXPECT_THAT(parsed("a,b.jpg;2\nc.jpg;3\n")[0].fields, ElementsAre("a,b.jpg", "2"));
  EXPECT_THAT(parsed("a.jpg\t\"x\ty\"\r\nb.jpg\t\r\n")[0].fields, ElementsAre("a.jpg", "x\ty"));
  EXPECT_THAT(parsed("a.jpg\t2\nb.jpg\t\n")[1].fields, ElementsAre("b.jpg", ""));
  EXPECT_THAT(parsed("\"a;b\",2\nc,3\n")[0].fields, ElementsAre("a;b", "2"));
  EXPECT_THAT(parsed("a.jpg;1\nb.jpg\n")[0].fields, ElementsAre("a.jpg", "1"));
}

TEST(CsvTableTest, EmptyFileHasNoRows) { EXPECT_TRUE(parsed("").empty()); }

}  // namespace
}  // namespace qbench::datasets
