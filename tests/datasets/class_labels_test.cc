// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names_in(std::string_view text) {
  const testing::TemporaryFolder folder;
  samples::write(folder.path() / "labels.txt", text);
  return read_class_names(folder.path() / "labels.txt");
}

TEST(ClassLabelsTest, NamesAreLines) {
  EXPECT_THAT(names_in("cat\ndog\n"), ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("cat\ndog"), ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("\xEF\xBB\xBF"
                       "cat\r\ndog\r\n\r\n\n"),
              ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("\na class\n"), ElementsAre("", "a class"));
}

TEST(ClassLabelsTest, FileWithoutNamesIsAnError) {
  EXPECT_THROW(names_in("\n\n"), Error);
  EXPECT_THROW(static_cast<void>(read_class_names("/nowhere/labels.txt")), Error);
}

TEST(ClassLabelsTest, WholeLineWinsOverFirstWord) {
  const ClassIndex index({"crane bird", "crane", "n01440764 tench, Tinca tinca"}, "labels.txt");
  EXPECT_EQ(index.find("crane"), 1);
  EXPECT_EQ(index.find("crane bird"), 0);
  EXPECT_EQ(index.find("n01440764"), 2);
}

TEST(ClassLabelsTest, NameOfTwoClassesIsAnError) {
  const ClassIndex index({"crane", "dog", "crane"}, "labels.txt");
  EXPECT_EQ(index.find("dog"), 1);
  try {
    static_cast<void>(index.find("crane"));
    FAIL() << "found";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("stands more than once in labels.txt"));
  }
}

TEST(ClassLabelsTest, WholeNumbersOnly) {
  EXPECT_EQ(whole_number("0"), 0);
  EXPECT_EQ(whole_number("-4"), -4);
  EXPECT_EQ(whole_number("99999999999"), std::numeric_limits<int>::max());
  for (const char* text : {"", "1.5", "1 ", "0x1", "cat", "+1"}) EXPECT_FALSE(whole_number(text)) << text;
}

}  // namespace
}  // namespace qbench::datasets
