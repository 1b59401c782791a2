// SPDX-License-Identifier: Apache-2.0
#include "datasets/label_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names_in(std::string_view text, const char* file = "labels.txt") {
  const testing::TemporaryFolder folder;
  samples::write(folder.path() / file, text);
  return read_label_file(folder.path() / file);
}

std::string labels_refusal(std::string_view text, const char* file = "labels.txt") {
  try {
    static_cast<void>(names_in(text, file));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kDataset);
    return error.what();
  }
  return "read";
}

TEST(LabelFileTest, NamesAreLines) {
  EXPECT_THAT(names_in("cat\ndog\n"), ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("cat\ndog"), ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("\xEF\xBB\xBF"
                       "cat\r\ndog \r\n\r\n\n"),
              ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("cat\rdog\r"), ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("n01440764 tench, Tinca tinca\nn01443537 goldfish\n"),
              ElementsAre("n01440764 tench, Tinca tinca", "n01443537 goldfish"));
}

TEST(LabelFileTest, EmptyLinesKeepTheirIndex) {
  EXPECT_THAT(names_in("\na class\n\nanother\n"), ElementsAre("", "a class", "", "another"));
}

TEST(LabelFileTest, NumbersAreIndices) {
  for (const char* text :
       {"0 nike\n1 puma run\n", "1: puma run\n0: nike\n", "0,nike\n1,puma run\n", "1\tpuma run\n0\tnike\n",
        "nike,0\npuma run,1\n", "puma run: 1\nnike: 0", "0;\"nike\"\n1;\"puma run\"\n",
        "{0: 'nike',\n 1: 'puma run'}\n", "id,name\n0,nike\n1,puma run\n", "Class_Name;Class_ID\nnike;0\npuma run;1\n",
        "0. nike\n1. puma run\n", "0 : nike\n1 : puma run\n"}) {
    EXPECT_THAT(names_in(text), ElementsAre("nike", "puma run")) << text;
  }
  EXPECT_THAT(names_in("0 Class 1\n1 Class 2\n"), ElementsAre("Class 1", "Class 2"));
  EXPECT_THAT(names_in("0,\"a, \"\"b\"\"\"\n1,c\n"), ElementsAre("a, \"b\"", "c"));
}

TEST(LabelFileTest, QuotesAroundAllNamesAreNoPartOfThem) {
  EXPECT_THAT(names_in("\"cat\",\n\"dog\",\n"), ElementsAre("cat", "dog"));
  EXPECT_THAT(names_in("[\n'cat',\n'dog'\n]\n"), ElementsAre("cat", "dog"));
}

TEST(LabelFileTest, NumbersThatArePartOfTheNamesStay) {
  EXPECT_THAT(names_in("10 cents\n20 cents\n50 cents\n"), ElementsAre("10 cents", "20 cents", "50 cents"));
  EXPECT_THAT(names_in("\"1 euro\"\n\"2 euro\"\n"), ElementsAre("1 euro", "2 euro"));
  EXPECT_THAT(names_in("class 1\nclass 2\n"), ElementsAre("class 1", "class 2"));
  EXPECT_THAT(names_in("0\n1\n10\n2\n"), ElementsAre("0", "1", "10", "2"));
}

TEST(LabelFileTest, JsonOfEveryForm) {
  for (const char* text :
       {R"({"nike": 0, "puma": 1})", R"({"puma": "1", "nike": "0"})", R"({"1": "puma", "0": "nike"})",
        R"(["nike", "puma"])", R"([{"id": 1, "name": "puma"}, {"id": 0, "name": "nike"}])",
        R"({"id2label": {"0": "nike", "1": "puma"}, "label2id": {"nike": 0, "puma": 1}})",
        R"({"version": 2, "labels": ["nike", "puma"]})"}) {
    EXPECT_THAT(names_in(text, "x.json"), ElementsAre("nike", "puma")) << text;
  }
  EXPECT_THAT(names_in(R"({"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]})"),
              ElementsAre("n01440764 tench", "n01443537 goldfish"));
}

TEST(LabelFileTest, FolderNamesThatAreNumbersKeepTheIndexOfTheJson) {
  EXPECT_THAT(names_in(R"({"0": 0, "1": 1, "10": 2, "2": 3})"), ElementsAre("0", "1", "10", "2"));
}

TEST(LabelFileTest, ContradictionsAreErrors) {
  EXPECT_THAT(labels_refusal("0: cat\n0: dog\n"), HasSubstr("class 0 stands twice, as 'cat' and as 'dog'"));
  EXPECT_THAT(labels_refusal("0: cat\n5: dog\n"), HasSubstr("class 5 ('dog') leaves a gap"));
  EXPECT_THAT(labels_refusal("1 cat\n2 dog\n"), HasSubstr("numbered from 1"));
  EXPECT_THAT(labels_refusal(R"({"cat": 1, "dog": 1, "cow": 0})"), HasSubstr("stands twice"));
  EXPECT_THAT(labels_refusal("0,1\n1,0\n"), HasSubstr("either may be the class index"));
}

TEST(LabelFileTest, HeadingSaysWhichOfTwoNumbersIsTheIndex) {
  EXPECT_THAT(names_in("name,index\n0,1\n1,0\n"), ElementsAre("1", "0"));
  EXPECT_THAT(names_in("0,30\n1,50\n"), ElementsAre("30", "50"));
}

TEST(LabelFileTest, FileWithoutNamesIsAnError) {
  EXPECT_THAT(labels_refusal("\n\n"), HasSubstr("holds no class name"));
  EXPECT_THROW(static_cast<void>(read_label_file("/nowhere/labels.txt")), Error);
}

TEST(LabelFileTest, OtherFormsAreNamed) {
  EXPECT_THAT(labels_refusal("\xFF\xFE"
                             "c"),
              HasSubstr("UTF-16"));
  EXPECT_THAT(labels_refusal(std::string_view("c\0t", 3)), HasSubstr("is no text"));
  EXPECT_THAT(labels_refusal("item {\n id: 1\n}\n"), HasSubstr("label map"));
  EXPECT_THAT(labels_refusal("names: [a]", "data.yaml"), HasSubstr("YAML"));
  EXPECT_THAT(labels_refusal("{\"cat\": }"), HasSubstr("not valid JSON"));
  EXPECT_THAT(labels_refusal("{\"cat\": [1.5]}"), HasSubstr("holds no class names"));
}

}  // namespace
}  // namespace qbench::datasets
