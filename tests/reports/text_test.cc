// SPDX-License-Identifier: Apache-2.0
#include "reports/text.h"

#include <gtest/gtest.h>

#include <limits>

namespace qbench::reports {
namespace {

TEST(TextTest, WidthCountsTerminalColumns) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("\xE5\x9C\x86"), 2);  // a CJK character
  EXPECT_EQ(display_width("e\xCC\x81"), 1);     // e and a combining accent
  EXPECT_EQ(display_width("\xC2\xB1"
                          "0.1"),
            4);                                     // plus-minus
  EXPECT_EQ(display_width("\xF0\x9F\x98\x80"), 2);  // an emoji
}

TEST(TextTest, ShortenedFitsAndKeepsWholeCharacters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdef", 4), "abc\u2026");
  EXPECT_EQ(shortened("\xE5\x9C\x86\xE5\x9C\x86\xE5\x9C\x86", 4), "\xE5\x9C\x86\u2026");
  EXPECT_EQ(shortened("abc", 0), "");
}

TEST(TextTest, PaddingCountsColumnsNotBytes) {
  EXPECT_EQ(padded_left("\xC2\xB1", 3), "  \xC2\xB1");
  EXPECT_EQ(padded_right("\xE5\x9C\x86", 3), "\xE5\x9C\x86 ");
  EXPECT_EQ(padded_left("long", 2), "long");
}

TEST(TextTest, WrappedLinesFitAndAreIndented) {
  EXPECT_EQ(wrapped("one two three", 8, 2), "one two\n  three");
  EXPECT_EQ(wrapped("unbreakable", 4, 2), "unbreakable");
  EXPECT_EQ(wrapped("", 4, 2), "");
}

TEST(TextTest, XmlEscapesMarkupAndWhatActs) {
  EXPECT_EQ(xml_escaped("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;&apos;");
  EXPECT_EQ(xml_escaped("a\nb"), "a&#10;b");
  EXPECT_EQ(xml_escaped("\x1b\x01\xff\xE2\x80\xAE"), "\\u{1b}\\u{1}\\xff\\u{202e}");
}

TEST(TextTest, MarkdownEscapesTablesAndMarkup) {
  EXPECT_EQ(markdown_escaped("a|b"), "a\\|b");
  EXPECT_EQ(markdown_escaped("<b>`x`\n# y"), "\\<b\\>\\`x\\`\\\\n\\# y");
}

TEST(TextTest, BytesHaveThreeSignificantDigits) {
  EXPECT_EQ(bytes_text(0), "0 B");
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1000), "1.00 kB");
  EXPECT_EQ(bytes_text(9999), "10.0 kB");
  EXPECT_EQ(bytes_text(999999), "1.00 MB");
  EXPECT_EQ(bytes_text(123456789), "123 MB");
  EXPECT_EQ(bytes_text(-2500000), "-2.50 MB");
}

TEST(TextTest, SignificantKeepsFourDigits) {
  EXPECT_EQ(significant(0.0), "0");
  EXPECT_EQ(significant(0.20041), "0.2004");
  EXPECT_EQ(significant(12.345), "12.35");
  EXPECT_EQ(significant(12345.6), "12346");
  EXPECT_EQ(significant(9.99999), "10.00");
  EXPECT_EQ(significant(std::numeric_limits<double>::quiet_NaN()), "?");
}

}  // namespace
}  // namespace qbench::reports
