// SPDX-License-Identifier: Apache-2.0
#include "core/printable.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/raw_bytes.h"

namespace qbench {
namespace {

TEST(PrintableTest, PlainAndWellFormedTextStays) {
  for (const std::string& text : {std::string("conv/Relu6;bias"), std::string("C:\\data\\n"),
                                  std::string("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xA6"), std::string()}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(PrintableTest, WhatActsOnATerminalBecomesAnEscape) {
  EXPECT_EQ(printable("a\x1B[31m\x07\x7F"), "a\\u{1b}[31m\\u{7}\\u{7f}");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\u{0}b");
  EXPECT_EQ(printable("a\nb\tc\r"), "a\\nb\\tc\\r");
  EXPECT_EQ(printable("\xC2\x9B"), "\\u{9b}");  // CSI of eight bits, as UTF-8
  EXPECT_EQ(printable("\x9B"), "\\x9b");        // ... and bare
  EXPECT_EQ(printable("\xE2\x80\xAE\xE2\x81\xA6"), "\\u{202e}\\u{2066}");
  EXPECT_EQ(printable("\xD8\x9C\xE2\x80\x8E\xE2\x80\x8F"), "\\u{61c}\\u{200e}\\u{200f}");
  EXPECT_EQ(printable("\xE2\x80\xA8\xE2\x80\xA9"), "\\u{2028}\\u{2029}");
  EXPECT_EQ(printable("\xEF\xBB\xBF\xE2\x80\x8B"), "\\u{feff}\\u{200b}");
  EXPECT_EQ(printable("\xF3\xA0\x81\x81"), "\\u{e0041}");  // a tag: invisible text
}

TEST(PrintableTest, BytesThatAreNoUtf8AreShownOneByOne) {
  EXPECT_EQ(printable("\xC3"), "\\xc3");                             // cut off
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(printable("\xE0\x80\x80"), "\\xe0\\x80\\x80");           // overlong
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // past the last code point
  EXPECT_EQ(printable("\xE2\x28\xA1"), "\\xe2(\\xa1");
}

TEST(PrintableTest, CutsByCharactersAndNeverInsideOne) {
  EXPECT_EQ(printable("\xC3\xA9\xC3\xA9\xC3\xA9", 2), "\xC3\xA9\xC3\xA9...");
  EXPECT_EQ(printable("abc", 3), "abc");
  EXPECT_EQ(printable_name(std::string(100, 'x')), std::string(80, 'x') + "...");
  EXPECT_EQ(printable_name("short"), "short");
}

std::string any_bytes(std::mt19937& random) {
  static const std::string kPieces[] = {"\\",   "\\\\", "n", "u{1b}",        "x9b", "\x1b",
                                        "\x9b", "\n",   "}", "\xE2\x80\xAE", "a"};
  std::string text;
  const std::size_t pieces = random() % 12;
  for (std::size_t i = 0; i < pieces; ++i) {
    if (random() % 3 == 0) {
      text += static_cast<char>(random() % 256);
    } else {
      text += kPieces[random() % std::size(kPieces)];
    }
  }
  return text;
}

TEST(PrintableTest, AnyBytesBecomeHarmlessTwiceIsOnceAndTheReversibleFormComesBack) {
  std::mt19937 random(20);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = any_bytes(random);
    const std::string shown = printable(text);
    ASSERT_EQ(testing::raw_bytes_in(shown), "");
    ASSERT_EQ(printable(shown), shown);
    const std::string reversible = reversibly_printable(text);
    ASSERT_EQ(testing::raw_bytes_in(reversible), "") << reversible;
    ASSERT_EQ(from_printable(reversible), text) << reversible;
  }
}

TEST(PrintableTest, WhatIsNoEscapeOfOursComesBackAsItIs) {
  for (const char* text : {"C:\\data", "\\u{}", "\\u{110000}", "\\u{d800}", "\\u1b", "\\x1b", "\\x", "\\", "\\u{1b"}) {
    EXPECT_EQ(from_printable(text), text);
  }
}

TEST(PrintableTest, ABlockKeepsItsLinesAndColoursAndNothingElse) {
  EXPECT_EQ(printable_block("\x1b[1;31mbad\x1b[0m\nnext\n"), "\x1b[1;31mbad\x1b[0m\nnext\n");
  EXPECT_EQ(printable_block("\x1b[2J\x1b]0;title\x07\r\t"), "\\u{1b}[2J\\u{1b}]0;title\\u{7}\\r\\t");
}

}  // namespace
}  // namespace qbench
