// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace qbench::datasets {
namespace {

TEST(ClassTextTest, WholeNumbersOnly) {
  EXPECT_EQ(whole_number("0"), 0);
  EXPECT_EQ(whole_number("-4"), -4);
  EXPECT_EQ(whole_number("99999999999"), std::numeric_limits<int>::max());
  for (const char* text : {"", "1.5", "1 ", "0x1", "cat", "+1"}) EXPECT_FALSE(whole_number(text)) << text;
}

TEST(ClassTextTest, SpellingsOfOneNameAreEqual) {
  for (const char* text : {"Hot Dog", "hot_dog", "HOT-DOG", "hotdog"}) EXPECT_EQ(normalized_name(text), "hotdog");
  EXPECT_EQ(normalized_name("K\xC3\xA4se"), normalized_name("ka\xCC\x88se"));  // NFC and NFD
  EXPECT_EQ(normalized_name("T-shirt/top"), normalized_name("T-shirt_top"));
  EXPECT_EQ(normalized_name("007"), "7");
  EXPECT_EQ(normalized_name("000"), "0");
  EXPECT_NE(normalized_name("a1"), normalized_name("a01"));
}

TEST(ClassTextTest, TextThatIsNoUtf8StaysApart) { EXPECT_NE(normalized_name("cat\xFF"), normalized_name("cat\xFE")); }

TEST(ClassTextTest, TagsAreTakenOff) {
  EXPECT_EQ(tagged_name("007_cat").tag, "7");
  EXPECT_EQ(tagged_name("007_cat").rest, "cat");
  EXPECT_EQ(tagged_name("001.Black_footed").rest, "Black_footed");
  EXPECT_EQ(tagged_name("n02123045-tabby").tag, "n02123045");
  EXPECT_EQ(tagged_name("n02123045 tabby, cat").rest, "tabby, cat");
  EXPECT_TRUE(tagged_name("12").is_bare());
  EXPECT_TRUE(tagged_name("n02123045").is_bare());
  for (const char* text : {"cat", "3D", "n123", "nike", ""}) EXPECT_EQ(tagged_name(text).tag, "") << text;
}

TEST(ClassTextTest, BackgroundHasManyNames) {
  for (const char* text : {"", " ", "background", "__background__", "Dummy", "???"}) {
    EXPECT_TRUE(is_background_name(text)) << text;
  }
  for (const char* text : {"cat", "0", "no background"}) EXPECT_FALSE(is_background_name(text)) << text;
}

TEST(ClassTextTest, PositionsAreNoNames) {
  const auto are = [](const std::vector<std::string>& names) { return are_placeholders(names); };
  EXPECT_TRUE(are({"0", "1"}));
  EXPECT_TRUE(are({"LABEL_0", "LABEL_1"}));
  EXPECT_TRUE(are({"Class 1", "Class 2"}));
  EXPECT_FALSE(are({"0", "cat"}));
}

TEST(ClassTextTest, LongListsAreCut) {
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a", "b"}), "'a', 'b'");
  EXPECT_EQ(quoted_list(std::vector<std::string>{"a", "b", "c", "d", "e", "f", "g"}),
            "'a', 'b', 'c', 'd', 'e' and 2 more");
}

}  // namespace
}  // namespace qbench::datasets
