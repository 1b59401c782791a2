// SPDX-License-Identifier: Apache-2.0
#include "models/text.h"

#include <gtest/gtest.h>

namespace qbench::models {
namespace {

TEST(TextTest, PlainAndWellFormedTextStays) {
  EXPECT_EQ(clean_text("conv/Relu6;bias"), "conv/Relu6;bias");
  EXPECT_EQ(clean_text("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xA6"), "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xA6");
}

TEST(TextTest, ControlCharactersBecomeQuestionMarks) { EXPECT_EQ(clean_text("a\x1B[31m\n\x7F"), "a?[31m??"); }

TEST(TextTest, BrokenUtf8BecomesQuestionMarks) {
  EXPECT_EQ(clean_text("\xC3"), "?");                 // cut off
  EXPECT_EQ(clean_text("\xC0\xAF"), "??");            // overlong
  EXPECT_EQ(clean_text("\xE0\x80\x80"), "???");       // overlong
  EXPECT_EQ(clean_text("\xED\xA0\x80"), "???");       // surrogate
  EXPECT_EQ(clean_text("\xF4\x90\x80\x80"), "????");  // past the last code point
  EXPECT_EQ(clean_text("\xE2\x28\xA1"), "?(?");
}

TEST(TextTest, PrintableCutsLongText) {
  const std::string long_name(100, 'x');
  EXPECT_EQ(printable(long_name), std::string(80, 'x') + "...");
  EXPECT_EQ(printable("short"), "short");
}

TEST(TextTest, ACutInsideACharacterLeavesNoBrokenBytes) {
  EXPECT_EQ(printable(std::string(79, 'x') + "\xC3\xA9"), std::string(79, 'x') + "?...");
}

}  // namespace
}  // namespace qbench::models
