// SPDX-License-Identifier: Apache-2.0
#include "core/system_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using namespace std::string_literals;
using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SystemTreeTest, LineIsTheFirstOneWithoutBlanksAndNul) {
  RecordedTree tree;
  tree.raw_file("model", "Board X\0"s).raw_file("two", "  a b \r\nsecond\n").raw_file("empty", "\n");
  EXPECT_EQ(tree.tree().line("model"), "Board X");
  EXPECT_EQ(tree.tree().line("two"), "a b");
  EXPECT_FALSE(tree.tree().line("empty").has_value());
  EXPECT_FALSE(tree.tree().line("absent").has_value());
}

TEST(SystemTreeTest, FoldersAndPipesGiveNoTextAndDoNotHang) {
  RecordedTree tree;
  tree.folder("sys");
  ASSERT_EQ(::mkfifo((tree.root() / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(tree.tree().text("sys").has_value());
  EXPECT_EQ(tree.tree().text("pipe").value_or(""), "");
}

TEST(SystemTreeTest, HugeFileIsCut) {
  RecordedTree tree;
  tree.raw_file("big", std::string(3U << 20U, 'x'));
  EXPECT_EQ(tree.tree().text("big")->size(), 1U << 20U);
}

TEST(SystemTreeTest, NamesAreInTheOrderOfTheirNumbers) {
  RecordedTree tree;
  for (const char* name : {"cpu10", "cpu2", "cpu0", "cpufreq", "1-1.10", "1-1.2", "1-1"})
    tree.folder(std::string("d/") + name);
  EXPECT_THAT(tree.tree().names("d"), ElementsAre("1-1", "1-1.2", "1-1.10", "cpu0", "cpu2", "cpu10", "cpufreq"));
  EXPECT_THAT(tree.tree().names("absent"), IsEmpty());
}

TEST(SystemTreeTest, LinkNameIsTheLastPartOfTheTarget) {
  RecordedTree tree;
  tree.link("driver", "../../../bus/usb/drivers/usbfs").file("plain", "x");
  EXPECT_EQ(tree.tree().link_name("driver"), "usbfs");
  EXPECT_FALSE(tree.tree().link_name("plain").has_value());
}

TEST(SystemTreeTest, IntegersAreWholeTextsInTheirBase) {
  EXPECT_EQ(parse_integer(" 42\n"), 42);
  EXPECT_EQ(parse_integer("-7"), -7);
  EXPECT_EQ(parse_integer("0x1a6e", 16), 0x1a6e);
  EXPECT_EQ(parse_integer("1a6e", 16), 0x1a6e);
  for (const char* text : {"", "4 2", "42kB", "99999999999999999999", "0x"}) {
    EXPECT_FALSE(parse_integer(text, 10).has_value()) << text;
  }
}

TEST(SystemTreeTest, CpuListsTakeRangesCommasAndBlanks) {
  EXPECT_THAT(parse_cpu_list("0-2,5\n"), ElementsAre(0, 1, 2, 5));
  EXPECT_THAT(parse_cpu_list("0 1 3"), ElementsAre(0, 1, 3));
  EXPECT_THAT(parse_cpu_list("1,x,2"), ElementsAre(1));
  EXPECT_THAT(parse_cpu_list("0-999999999"), IsEmpty());
  EXPECT_THAT(parse_cpu_list("3-1"), IsEmpty());
  EXPECT_THAT(parse_cpu_list(""), IsEmpty());
}

TEST(SystemTreeTest, TextsAreSplitIntoLinesWordsAndPairs) {
  EXPECT_THAT(lines_of("a\n\nb"), ElementsAre("a", "", "b"));
  EXPECT_THAT(lines_of(""), IsEmpty());
  EXPECT_THAT(words_of("  a\tb  c "), ElementsAre("a", "b", "c"));
  const auto pair = split_key_value("model name\t: X: Y");
  ASSERT_TRUE(pair.has_value());
  EXPECT_EQ(pair->key, "model name");
  EXPECT_EQ(pair->value, "X: Y");
  EXPECT_FALSE(split_key_value("nothing").has_value());
}

}  // namespace
}  // namespace qbench
