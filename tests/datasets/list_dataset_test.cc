// SPDX-License-Identifier: Apache-2.0
#include "datasets/list_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ListDatasetTest : public ::testing::Test {
 protected:
  ListDatasetTest() {
    options_.list_file = folder_.path() / "list.csv";
    for (const char* name : {"a.jpg", "b.jpg", "sub/c.jpg"}) samples::write(folder_.path() / name, samples::jpeg());
  }

  [[nodiscard]] std::unique_ptr<Dataset> open(std::string_view list) const {
    samples::write(options_.list_file, list);
    return open_list_dataset(options_);
  }

  [[nodiscard]] std::string refusal(std::string_view list) const {
    try {
      static_cast<void>(open(list));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kDataset);
      return error.what();
    }
    return "opened";
  }

  testing::TemporaryFolder folder_;
  DatasetOptions options_;
};

TEST_F(ListDatasetTest, NumbersAreClassIndices) {
  const auto dataset = open("a.jpg,2\nsub/c.jpg,0\n");
  EXPECT_EQ(dataset->kind(), "list");
  EXPECT_THAT(dataset->class_names(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(dataset->samples()[0].id, "a.jpg");
  EXPECT_EQ(dataset->samples()[0].label, 2);
  EXPECT_EQ(dataset->samples()[1].label, 0);
  EXPECT_TRUE(dataset->load(1, true).ok());
}

TEST_F(ListDatasetTest, NamesAreSortedIntoClasses) {
  const auto dataset = open("a.jpg,dog\nb.jpg,cat\n");
  EXPECT_THAT(dataset->class_names(), ElementsAre("cat", "dog"));
  EXPECT_EQ(dataset->samples()[0].label, 1);
}

TEST_F(ListDatasetTest, LabelsFileTakesNumbersAndNames) {
  options_.labels_file = folder_.path() / "labels.txt";
  samples::write(options_.labels_file, "dog\ncat\n");
  const auto dataset = open("a.jpg,cat\nb.jpg,0\n");
  EXPECT_EQ(dataset->samples()[0].label, 1);
  EXPECT_EQ(dataset->samples()[1].label, 0);
}

TEST_F(ListDatasetTest, LabelOutOfRangeIsNamedWithItsLine) {
  options_.labels_file = folder_.path() / "labels.txt";
  samples::write(options_.labels_file, "dog\ncat\n");
  EXPECT_THAT(refusal("a.jpg,0\nb.jpg,2\n"), HasSubstr("line 2: label 2 is out of range"));
  EXPECT_THAT(refusal("a.jpg,-1\n"), HasSubstr("label -1 is out of range"));
  EXPECT_THAT(refusal("a.jpg,99999999999999999999\n"), HasSubstr("out of range"));
  EXPECT_THAT(refusal("a.jpg,caat\n"), HasSubstr("line 1: none of the 1 labels is a class of"));
  EXPECT_THAT(refusal("a.jpg,caat\n"), HasSubstr("did you mean 'cat'?"));
}

TEST_F(ListDatasetTest, AbsurdNumbersAreRefusedWithoutALabelsFile) {
  EXPECT_THAT(refusal("a.jpg,100000\n"), HasSubstr("out of range"));
  EXPECT_THAT(refusal("a.jpg,-3\n"), HasSubstr("out of range"));
}

TEST_F(ListDatasetTest, NumbersAndNamesDoNotMix) {
  EXPECT_THAT(refusal("a.jpg,3\nb.jpg,cat\nc.jpg,dog\n"), HasSubstr("mixes class numbers and class names ('cat')"));
}

TEST_F(ListDatasetTest, HeadingIsRecognized) {
  for (const char* list : {"path,Label\na.jpg,1\n", "FILENAME;CLASS\na.jpg;1\n", "label\timage\n1\ta.jpg\n",
                           "id,breed\na.jpg,1\n", "width,file_name,class_name,class_id\n9,a.jpg,dog,1\n"}) {
    const auto dataset = open(list);
    ASSERT_EQ(dataset->samples().size(), 1U) << list;
    EXPECT_EQ(dataset->samples()[0].id, "a.jpg") << list;
    EXPECT_EQ(dataset->samples()[0].label, 1) << list;
  }
  EXPECT_THAT(open("path,label,split\na.jpg,1,test\n")->facts().notes, ::testing::Contains(HasSubstr("'split'")));
}

TEST_F(ListDatasetTest, RowWhoseLabelIsAHeadingsWordIsARow) {
  EXPECT_EQ(open("a.jpg,y\nb.jpg,n\n")->samples().size(), 2U);
}

TEST_F(ListDatasetTest, HeadingThatIsNotKnownIsNamed) {
  EXPECT_THAT(refusal("Datei;Klasse\na.jpg;0\nb.jpg;1\n"),
              HasSubstr("line 1: the heading 'Datei', 'Klasse' is not known"));
}

TEST_F(ListDatasetTest, OneHotColumnsAreClasses) {
  const auto dataset = open("filename, dog, cat\na.jpg, 0, 1\nb.jpg, 1, 0\n");
  EXPECT_THAT(dataset->class_names(), ElementsAre("dog", "cat"));
  EXPECT_EQ(dataset->samples()[0].label, 1);
  EXPECT_EQ(dataset->samples()[1].label, 0);
  options_.model_labels = {"Cat", "Dog"};
  EXPECT_EQ(open("filename,dog,cat\na.jpg,0,1\nb.jpg,1,0\n")->samples()[0].label, 0);
}

TEST_F(ListDatasetTest, ImageOfSeveralClassesIsRefused) {
  EXPECT_THAT(refusal("filename,dog,cat\na.jpg,1,0\nb.jpg,1,1\n"), HasSubstr("line 3: it has 2 of the 2 classes"));
  EXPECT_THAT(refusal("filename,dog,cat\na.jpg,0,0\n"), HasSubstr("it has 0 of the 2 classes"));
}

TEST_F(ListDatasetTest, BoxesAreRefusedByName) {
  EXPECT_THAT(refusal("filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,1,1,cat,0,0,1,1\n"),
              HasSubstr("object detection"));
}

TEST_F(ListDatasetTest, PathsOfWindowsAreRead) {
  const auto dataset = open("sub\\c.jpg,0\n.\\a.jpg,1\n./b.jpg,1\n");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(dataset->load(i, true).ok()) << dataset->samples()[i].id;
  EXPECT_EQ(dataset->samples()[1].id, "a.jpg");
}

TEST_F(ListDatasetTest, BackslashInANameThatExistsStays) {
  samples::write(folder_.path() / "odd\\name.jpg", samples::jpeg());
  EXPECT_TRUE(open("odd\\name.jpg,0\n")->load(0, true).ok());
}

TEST_F(ListDatasetTest, LinesWithoutALabelAreRefused) {
  EXPECT_THAT(refusal("a.jpg,0\nb.jpg\n"), HasSubstr("line 2: it must be `path,label`"));
  EXPECT_THAT(refusal(",0\n"), HasSubstr("line 1"));
  EXPECT_THAT(refusal(""), HasSubstr("names no images"));
}

TEST_F(ListDatasetTest, QuotedPathsMayHoldAnything) {
  const std::string name = "a, \"b\"\nc.jpg";
  samples::write(folder_.path() / name, samples::jpeg());
  const auto dataset = open("\"a, \"\"b\"\"\nc.jpg\",0\na.jpg,1\n");
  EXPECT_EQ(dataset->samples()[0].id, name);
  EXPECT_TRUE(dataset->load(0, true).ok());
  EXPECT_EQ(dataset->samples()[1].id, "a.jpg");
}

TEST_F(ListDatasetTest, PathsAreRelativeToTheFolderWhenOneIsGiven) {
  options_.path = folder_.path() / "sub";
  EXPECT_TRUE(open("c.jpg,0\n")->load(0, true).ok());
}

TEST_F(ListDatasetTest, MissingImageIsSkippedNotFatal) {
  const auto dataset = open("a.jpg,0\nmissing.jpg,0\n");
  EXPECT_TRUE(dataset->load(0, true).ok());
  EXPECT_THAT(dataset->load(1, true).skip_reason, HasSubstr("No such file"));
}

TEST_F(ListDatasetTest, MissingListIsNamed) {
  options_.list_file = folder_.path() / "none.csv";
  try {
    static_cast<void>(open_list_dataset(options_));
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kDataset);
    EXPECT_THAT(error.what(), HasSubstr("none.csv"));
  }
}

}  // namespace
}  // namespace qbench::datasets
