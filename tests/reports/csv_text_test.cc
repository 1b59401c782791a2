// SPDX-License-Identifier: Apache-2.0
#include "reports/csv_text.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/raw_bytes.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

std::vector<std::vector<std::string>> parsed(std::string_view text) {
  CsvReader reader(text, "test.csv");
  std::vector<std::vector<std::string>> rows;
  for (std::vector<std::string> fields; reader.next(fields);) rows.push_back(fields);
  return rows;
}

using Rows = std::vector<std::vector<std::string>>;

TEST(CsvTextTest, FieldsAreQuotedOnlyWhenTheyMust) {
  CsvRow row;
  row.text("plain").text("a,b").text("say \"x\"").text("two;parts").text("").integer(-3).number(0.1);
  EXPECT_EQ(row.take(), "plain,\"a,b\",\"say \"\"x\"\"\",two;parts,,-3,0.1\r\n");
}

TEST(CsvTextTest, FormulasLoseTheirPowerAndNumbersKeepTheirSign) {
  CsvRow row;
  row.text("=1+1").text("+a").text("-a").text("@x").text("-0.5").text("+1e3").text(
      "\xEF\xBC\x9D"
      "1");
  row.integer(-1).number(-0.5);
  EXPECT_EQ(row.take(),
            "'=1+1,'+a,'-a,'@x,-0.5,+1e3,'\xEF\xBC\x9D"
            "1,-1,-0.5\r\n");
  // Where a semicolon separates, a formula would stand behind it.
  row.text("a;=1+1").text("a;\"=1").text("a; b");
  EXPECT_EQ(row.take(), "a\\u{3b}=1+1,\"a\\u{3b}\"\"=1\",a; b\r\n");
}

TEST(CsvTextTest, MissingValuesAreEmpty) {
  CsvRow row;
  row.number(std::optional<double>()).integer(std::optional<std::int64_t>()).empty().text("x");
  EXPECT_EQ(row.take(), ",,,x\r\n");
}

TEST(CsvTextTest, AnyTextComesBack) {
  for (const std::string& text :
       {testing::hostile_name(), std::string("'=x"), std::string("''"), std::string("'"), std::string(" x "),
        std::string("a;=1"), std::string("-0.5"), std::string("-x"), std::string("C:\\n\\u{1b}"), std::string("'\t"),
        std::string("\r\n"), std::string("\0\xFF", 2), std::string()}) {
    CsvRow row;
    row.text(text).text("end");
    const std::string line = row.take();
    EXPECT_EQ(testing::raw_bytes_in(line, {.lines = true}), "");
    const Rows rows = parsed(line);
    ASSERT_EQ(rows.size(), 1U) << text;
    ASSERT_EQ(rows[0].size(), 2U) << text;
    EXPECT_EQ(csv_plain_text(rows[0][0]), text);
  }
}

TEST(CsvTextTest, FilesOfOlderVersionsReadAsTheyWereMeant) {
  EXPECT_EQ(csv_plain_text("'-1"), "-1");
  EXPECT_EQ(csv_plain_text("'\tx"), "\tx");
  EXPECT_EQ(csv_plain_text("two\nlines"), "two\nlines");
  EXPECT_EQ(csv_plain_text("C:\\data"), "C:\\data");
}

TEST(CsvTextTest, ReadsBothLineEndsAndAMissingLastOne) {
  EXPECT_EQ(parsed("a,b\nc,d\r\ne,f"), (Rows{{"a", "b"}, {"c", "d"}, {"e", "f"}}));
  EXPECT_EQ(parsed("a,\n"), (Rows{{"a", ""}}));
  EXPECT_EQ(parsed("\n"), (Rows{{""}}));
  EXPECT_TRUE(parsed("").empty());
}

TEST(CsvTextTest, UnclosedQuoteNamesFileAndRow) {
  try {
    (void)parsed("a,b\n\"c,d");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("'test.csv', row 2"), std::string::npos) << error.what();
  }
}

TEST(CsvTextTest, QuoteInsideAFieldIsRefused) {
  EXPECT_THROW((void)parsed("a\"b,c\n"), Error);
  EXPECT_THROW((void)parsed("\"a\"b,c\n"), Error);
}

}  // namespace
}  // namespace qbench::reports
