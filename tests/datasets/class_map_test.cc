// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace qbench::datasets {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Names = std::vector<std::string>;

OwnClasses folders(Names names) {
  OwnClasses own{.owner = "'images'", .names = std::move(names)};
  for (const std::string& name : own.names) own.where.push_back("folder '" + name + "'");
  return own;
}

OwnClasses list_labels(Names names) {
  OwnClasses own = folders(std::move(names));
  own.kind = OwnClasses::Kind::kListLabel;
  return own;
}

DatasetOptions with_labels(Names labels) {
  DatasetOptions options;
  options.model_labels = std::move(labels);
  options.model_labels_source = "the metadata of 'm.tflite'";
  options.model_outputs = static_cast<int>(options.model_labels.size());
  return options;
}

DatasetOptions with_outputs(int outputs) {
  DatasetOptions options;
  options.model_outputs = outputs;
  return options;
}

std::string map_refusal(const OwnClasses& own, const DatasetOptions& options) {
  try {
    static_cast<void>(map_classes(own, options));
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kDataset);
    return error.what();
  }
  return "mapped";
}

TEST(ClassMapTest, LabelsDecideByName) {
  const ClassMap map = map_classes(folders({"Dog", "cat"}), with_labels({"cat", "cow", "dog"}));
  EXPECT_THAT(map.names, ElementsAre("cat", "cow", "dog"));
  EXPECT_THAT(map.index, ElementsAre(2, 0));
  EXPECT_EQ(map.facts.class_order, "by name, the metadata of 'm.tflite'");
  EXPECT_THAT(map.facts.notes, ElementsAre("1 of 3 classes have no images: 'cow'"));
  EXPECT_THAT(map.facts.other_order, IsEmpty());
}

TEST(ClassMapTest, PartialMatchListsBothSides) {
  const std::string text = map_refusal(folders({"cat", "dogs"}), with_labels({"cat", "cow", "dog"}));
  EXPECT_THAT(text, AllOf(HasSubstr("'images': 1 of the 2 folders is no class of the metadata of 'm.tflite': 'dogs'"),
                          HasSubstr("classes without one: 'cow', 'dog'"), HasSubstr("did you mean 'dog'?"),
                          HasSubstr("give --labels FILE")));
}

TEST(ClassMapTest, NoMatchAtAllIsAQuestionWhenTheLabelsAreNames) {
  EXPECT_THAT(map_refusal(folders({"chat", "chien"}), with_labels({"cat", "dog"})),
              AllOf(HasSubstr("none of the 2 folders is a class of"), HasSubstr("'chat', 'chien'"),
                    HasSubstr("'cat', 'dog'"), HasSubstr("give --labels FILE")));
}

TEST(ClassMapTest, LabelsThatAreMerePositionsLeaveTheOrderToTheFolders) {
  const ClassMap map = map_classes(folders({"cat", "dog"}), with_labels({"Class 1", "Class 2"}));
  EXPECT_THAT(map.names, ElementsAre("cat", "dog"));
  EXPECT_EQ(map.facts.class_order, "folder names in text order");
  EXPECT_THAT(map.facts.notes, ElementsAre(HasSubstr("does not name the classes")));
}

TEST(ClassMapTest, TwoFoldersOfOneClassAreNamed) {
  EXPECT_THAT(map_refusal(folders({"Cat", "cat"}), with_labels({"cat", "dog"})),
              HasSubstr("the folders 'Cat' and 'cat' are both class 'cat'"));
}

TEST(ClassMapTest, TwoSpellingsInAListAreOneClass) {
  EXPECT_THAT(map_classes(list_labels({"Cat", "cat", "1"}), with_labels({"cat", "dog"})).index, ElementsAre(0, 0, 1));
}

TEST(ClassMapTest, AmbiguousNameIsNamed) {
  EXPECT_THAT(map_refusal(folders({"CRANE"}), with_labels({"crane", "Crane"})),
              HasSubstr("'CRANE' may be more than one class of the metadata of 'm.tflite': 'crane', 'Crane'"));
}

TEST(ClassMapTest, BackgroundRowIsLeftOut) {
  const ClassMap map = map_classes(folders({"cat", "dog"}), with_labels({"background", "cat", "dog"}));
  EXPECT_THAT(map.names, ElementsAre("cat", "dog"));
  EXPECT_THAT(map.index, ElementsAre(0, 1));
  EXPECT_TRUE(map.facts.background);
}

TEST(ClassMapTest, BackgroundWithImagesIsAClass) {
  const ClassMap map = map_classes(folders({"background", "cat"}), with_labels({"background", "cat"}));
  EXPECT_THAT(map.names, ElementsAre("background", "cat"));
  EXPECT_FALSE(map.facts.background);
}

TEST(ClassMapTest, NumbersAreIndicesOfLabelsThatAreWords) {
  const ClassMap map = map_classes(folders({"0", "2"}), with_labels({"zero", "one", "two"}));
  EXPECT_THAT(map.index, ElementsAre(0, 2));
  EXPECT_EQ(map.facts.class_order, "by number, the metadata of 'm.tflite'");
  EXPECT_THAT(map_refusal(folders({"1", "2"}), with_labels({"zero", "one", "two"})), HasSubstr("without a 0"));
  EXPECT_THAT(map_refusal(folders({"0", "3"}), with_labels({"zero", "one", "two"})), HasSubstr("out of range"));
}

TEST(ClassMapTest, NumbersThatTheLabelsHoldAreNames) {
  EXPECT_THAT(map_classes(folders({"0", "1", "10", "2"}), with_labels({"0", "1", "10", "2"})).index,
              ElementsAre(0, 1, 2, 3));
}

TEST(ClassMapTest, NumbersBesideABackgroundCountWhatTheirEndsShow) {
  const DatasetOptions options = with_labels({"background", "cat", "dog"});
  EXPECT_THAT(map_classes(list_labels({"0", "1"}), options).index, ElementsAre(0, 1));
  EXPECT_THAT(map_classes(list_labels({"1", "2"}), options).index, ElementsAre(0, 1));
  EXPECT_THAT(map_refusal(list_labels({"1"}), options), HasSubstr("--label-offset 1 if 0 is 'cat'"));
  DatasetOptions told = options;
  told.label_offset = 1;
  EXPECT_THAT(map_classes(list_labels({"1"}), told).index, ElementsAre(1));
}

TEST(ClassMapTest, FolderNumbersAreInNumericOrderAndTellTheOther) {
  Names names;
  for (int i = 0; i <= 10; ++i) names.push_back(std::to_string(i));
  const ClassMap map = map_classes(folders(names), {});
  EXPECT_THAT(map.names, ::testing::ElementsAreArray(names));
  EXPECT_THAT(map.facts.other_order, ElementsAre(0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 2));
  EXPECT_THAT(map_classes(folders({"00", "01", "10"}), {}).facts.other_order, IsEmpty());
}

TEST(ClassMapTest, FolderNumbersFromZeroAreTheOutputsIndices) {
  const ClassMap map = map_classes(folders({"0", "2"}), with_outputs(4));
  EXPECT_THAT(map.names, ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(map.index, ElementsAre(0, 2));
  EXPECT_THAT(map.facts.notes, ElementsAre("2 of 4 classes have no images: '1', '3'"));
}

TEST(ClassMapTest, FolderNumbersThatAreNoIndicesKeepTheirOrder) {
  EXPECT_THAT(map_classes(folders({"1", "10", "2"}), with_outputs(3)).index, ElementsAre(0, 2, 1));
  EXPECT_THAT(map_classes(folders({"1", "2"}), with_outputs(3)).names, SizeIs(2));
  // ImageNet: the first of 1001 outputs may be a background.
  EXPECT_THAT(map_classes(folders({"0", "1"}), with_outputs(1001)).names, SizeIs(2));
}

TEST(ClassMapTest, NamesThatDifferInANumberTellTheNumericOrder) {
  const ClassMap map = map_classes(folders({"class_1", "class_10", "class_2"}), {});
  EXPECT_THAT(map.index, ElementsAre(0, 1, 2));
  EXPECT_THAT(map.facts.other_order, ElementsAre(0, 2, 1));
  EXPECT_THAT(map_classes(folders({"ant", "bee"}), {}).facts.other_order, IsEmpty());
}

TEST(ClassMapTest, ListNumbersAreIndices) {
  EXPECT_THAT(map_classes(list_labels({"0", "2"}), {}).names, ElementsAre("0", "1", "2"));
  EXPECT_THAT(map_classes(list_labels({"0", "2"}), with_outputs(5)).names, SizeIs(5));
  EXPECT_THAT(map_refusal(list_labels({"3", "cat"}), {}), HasSubstr("mixes class numbers and class names ('cat')"));
}

TEST(ClassMapTest, WithoutANeedForLabelsStrangersDoNotMatter) {
  DatasetOptions options = with_labels({"cat", "dog"});
  options.needs_labels = false;
  const ClassMap map = map_classes(folders({"chat", "chien"}), options);
  EXPECT_THAT(map.names, IsEmpty());
  EXPECT_THAT(map.index, ElementsAre(0, 1));
  EXPECT_THAT(map_classes(folders({"cat"}), options).names, Not(IsEmpty()));
}

}  // namespace
}  // namespace qbench::datasets
