// SPDX-License-Identifier: Apache-2.0
#include "datasets/folder_dataset.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/sha256.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FolderDatasetTest : public ::testing::Test {
 protected:
  void add(const fs::path& name, int seed = 0) const {
    samples::write(options_.path / name, samples::jpeg(8, 8, seed));
  }

  [[nodiscard]] std::unique_ptr<Dataset> open() const { return open_folder_dataset(options_); }

  [[nodiscard]] std::vector<std::string> ids() const {
    const auto dataset = open();
    std::vector<std::string> ids;
    for (const Sample& sample : dataset->samples()) ids.push_back(sample.id);
    return ids;
  }

  /// The message of the Error(kDataset) that opening throws.
  [[nodiscard]] std::string refusal() const {
    try {
      static_cast<void>(open());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kDataset);
      return error.what();
    }
    return "opened";
  }

  FolderDatasetTest() {
    options_.path = folder_.path() / "set";
    fs::create_directory(options_.path);
  }

  testing::TemporaryFolder folder_;
  DatasetOptions options_;
};

TEST_F(FolderDatasetTest, ClassIsThePositionInTheSortedNames) {
  add("dog/2.jpg");
  add("cat/1.jpg");
  add("cat/0.jpg");
  add("ant/9.jpg");
  const auto dataset = open();
  EXPECT_EQ(dataset->kind(), "folder");
  EXPECT_THAT(dataset->class_names(), ElementsAre("ant", "cat", "dog"));
  EXPECT_THAT(ids(), ElementsAre("ant/9.jpg", "cat/0.jpg", "cat/1.jpg", "dog/2.jpg"));
  EXPECT_EQ(dataset->samples()[3].label, 2);
}

TEST_F(FolderDatasetTest, ImageIsDecodedAndItsFileHashed) {
  add("cat/0.jpg", 5);
  const LoadResult result = open()->load(0, true);
  ASSERT_TRUE(result.ok()) << result.skip_reason;
  EXPECT_EQ(result.image.pixels, samples::opencv_decoded(samples::jpeg(8, 8, 5)).pixels);
  EXPECT_EQ(result.content_sha256, sha256_hex(samples::jpeg(8, 8, 5)));
}

TEST_F(FolderDatasetTest, LabelsFileFixesTheClassOrder) {
  add("dog/2.jpg");
  add("cat/1.jpg");
  options_.labels_file = folder_.path() / "labels.txt";
  samples::write(options_.labels_file, "dog\r\nbird\r\ncat\r\n\r\n");
  const auto dataset = open();
  EXPECT_THAT(dataset->class_names(), ElementsAre("dog", "bird", "cat"));
  EXPECT_EQ(dataset->samples()[0].label, 2);
  EXPECT_EQ(dataset->samples()[1].label, 0);
}

TEST_F(FolderDatasetTest, FolderThatIsNoClassIsNamedWithTheNearest) {
  add("dogs/2.jpg");
  options_.labels_file = folder_.path() / "labels.txt";
  samples::write(options_.labels_file, "cat\ndog\n");
  EXPECT_THAT(refusal(), HasSubstr("none of the 1 folders is a class of labels file"));
  EXPECT_THAT(refusal(), HasSubstr("did you mean 'dog'?"));
}

TEST_F(FolderDatasetTest, MissingAndEmptyFoldersAreNamed) {
  EXPECT_THAT(refusal(), HasSubstr("is empty"));
  fs::create_directory(options_.path / "cat");
  EXPECT_THAT(refusal(), HasSubstr("hold no files"));
  options_.path = folder_.path() / "missing";
  EXPECT_THAT(refusal(), HasSubstr("is not a folder"));
}

TEST_F(FolderDatasetTest, FlatFolderAsksForAList) {
  add("a.jpg");
  EXPECT_THAT(refusal(), HasSubstr("has no sub-folders"));
  EXPECT_THAT(refusal(), HasSubstr("give --list FILE"));
  samples::write(options_.path / "train.csv", "a.jpg,0\n");
  EXPECT_THAT(refusal(), HasSubstr("set/train.csv'"));
}

TEST_F(FolderDatasetTest, FlatFolderWillDoWhereNoLabelsAreNeeded) {
  add("b.jpg");
  add("a.jpg");
  options_.needs_labels = false;
  EXPECT_THAT(ids(), ElementsAre("a.jpg", "b.jpg"));
  EXPECT_TRUE(open()->class_names().empty());
}

TEST_F(FolderDatasetTest, PartsOfASplitAreNoClasses) {
  for (const char* part : {"train", "Test"}) {
    add(fs::path(part) / "cat/0.jpg");
    add(fs::path(part) / "dog/0.jpg");
  }
  EXPECT_THAT(refusal(), HasSubstr("'Test', 'train', not classes; give --data '" + (options_.path / "Test").string()));
  options_.needs_labels = false;
  EXPECT_THAT(refusal(), HasSubstr("give '" + (options_.path / "train").string()));
  options_.needs_labels = true;
  options_.model_labels = {"train", "Test"};
  EXPECT_EQ(open()->class_names().size(), 2U);
}

TEST_F(FolderDatasetTest, PartsWithoutClassFoldersServeWhereNoLabelsAreNeeded) {
  add("train/0.jpg");
  add("test/0.jpg");
  EXPECT_THAT(refusal(), HasSubstr("none of them has class folders"));
  options_.needs_labels = false;
  EXPECT_EQ(ids().size(), 2U);
}

TEST_F(FolderDatasetTest, FolderAroundTheClassesIsNamed) {
  add("images/cat/0.jpg");
  add("images/dog/0.jpg");
  EXPECT_THAT(refusal(), HasSubstr("holds only the folder 'images'"));
  EXPECT_THAT(refusal(), HasSubstr("give --data '" + (options_.path / "images").string()));
}

TEST_F(FolderDatasetTest, LitterIsLeftOutAndTold) {
  add("__MACOSX/cat/._0.jpg");
  add(".ipynb_checkpoints/0.jpg");
  add("cat/0.jpg");
  add("cat/.ipynb_checkpoints/0-checkpoint.jpg");
  add("cat/Thumbs.db");
  add("dog/0.jpg");
  const auto dataset = open();
  EXPECT_THAT(dataset->class_names(), ElementsAre("cat", "dog"));
  EXPECT_EQ(dataset->samples().size(), 2U);
  EXPECT_THAT(dataset->facts().notes, ElementsAre("left out: '.ipynb_checkpoints' (2 times), 'Thumbs.db', '__MACOSX'"));
}

TEST_F(FolderDatasetTest, ModelLabelsFixTheClassOrder) {
  add("0_zero/0.jpg");
  add("1_one/0.jpg");
  options_.model_labels = {"one", "zero", "two"};
  const auto dataset = open();
  EXPECT_THAT(dataset->class_names(), ElementsAre("one", "zero", "two"));
  EXPECT_EQ(dataset->samples()[0].label, 1);
}

TEST_F(FolderDatasetTest, NumbersKeepTheFilesInTheOrderOfTheirIds) {
  for (const char* name : {"0/a.jpg", "2/a.jpg", "10/a.jpg"}) add(name);
  EXPECT_THAT(ids(), ElementsAre("0/a.jpg", "10/a.jpg", "2/a.jpg"));
  const auto dataset = open();
  EXPECT_EQ(dataset->samples()[1].label, 2);
  EXPECT_THAT(dataset->other_order(), ElementsAre(0, 2, 1));
}

TEST_F(FolderDatasetTest, HiddenFilesArePassedOver) {
  add("cat/0.jpg");
  add("cat/.thumb.jpg");
  add(".git/1.jpg");
  add("cat/.cache/2.jpg");
  EXPECT_THAT(ids(), ElementsAre("cat/0.jpg"));
}

TEST_F(FolderDatasetTest, SubfoldersOfAClassBelongToIt) {
  add("cat/2019/0.jpg");
  add("dog/0.jpg");
  EXPECT_THAT(ids(), ElementsAre("cat/2019/0.jpg", "dog/0.jpg"));
  EXPECT_EQ(open()->samples()[0].label, 0);
}

TEST_F(FolderDatasetTest, StrangeNamesWork) {
  const std::vector<std::string> names{"a class/with spaces.jpg", "k\xC3\xA4se/\xE6\x97\xA5\xE6\x9C\xAC.jpg",
                                       "new\nline/1\n2.jpg", "quote\"s'/a\"b'c,d.jpg"};
  for (const std::string& name : names) add(name);
  const auto dataset = open();
  ASSERT_EQ(dataset->samples().size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_TRUE(dataset->load(i, true).ok()) << dataset->samples()[i].id;
    EXPECT_THAT(names, ::testing::Contains(dataset->samples()[i].id));
  }
}

TEST_F(FolderDatasetTest, NameThatIsNoUtf8BecomesTextAndIsStillRead) {
  add("cat\xFF/\xC3(.jpg");
  const auto dataset = open();
  EXPECT_EQ(dataset->class_names()[0], "cat\\xff");
  EXPECT_EQ(dataset->samples()[0].id, "cat\\xff/\\xc3(.jpg");
  EXPECT_TRUE(dataset->load(0, true).ok());
  EXPECT_NO_THROW(static_cast<void>(nlohmann::json(dataset->samples()[0].id).dump()));
}

TEST_F(FolderDatasetTest, FilesThatAreNoImagesAreSkippedByReason) {
  add("cat/0.jpg");
  samples::write(options_.path / "cat/readme.txt", "these are cats");
  samples::write(options_.path / "cat/zero.jpg", "");
  fs::create_symlink("nowhere", options_.path / "cat/link.jpg");
  const auto dataset = open();
  ASSERT_EQ(dataset->samples().size(), 4U);
  EXPECT_TRUE(dataset->load(0, true).ok());
  EXPECT_THAT(dataset->load(1, true).skip_reason, HasSubstr("No such file"));
  EXPECT_EQ(dataset->load(2, true).skip_reason, "not an image");
  EXPECT_EQ(dataset->load(3, true).skip_reason, "the file is empty");
}

TEST_F(FolderDatasetTest, LinksThatLeadBackAreNotFollowed) {
  add("cat/0.jpg");
  add("dog/0.jpg");
  fs::create_directory_symlink("..", options_.path / "cat/up");
  fs::create_directory_symlink(".", options_.path / "cat/here");
  EXPECT_THAT(ids(), ElementsAre("cat/0.jpg", "dog/0.jpg"));
}

TEST_F(FolderDatasetTest, FoldersThatLinkToEachOtherAreEnteredOnce) {
  // 15 folders, each with a link to every other one: 15! ways through them.
  for (int from = 0; from < 15; ++from) {
    add(fmt::format("cat/{}/image.jpg", from));
    for (int to = 0; to < 15; ++to) {
      fs::create_directory_symlink(fmt::format("../{}", to), options_.path / fmt::format("cat/{}/link{}", from, to));
    }
  }
  add("dog/0.jpg");
  EXPECT_EQ(ids().size(), 16U);
}

TEST_F(FolderDatasetTest, LinkToItselfIsASkippedSample) {
  add("cat/0.jpg");
  fs::create_symlink("self", options_.path / "self");
  fs::create_symlink("self", options_.path / "cat/self");
  const auto dataset = open();
  EXPECT_THAT(dataset->class_names(), ElementsAre("cat"));
  EXPECT_FALSE(dataset->load(1, true).ok());
}

TEST_F(FolderDatasetTest, LinkedClassFolderIsFollowed) {
  samples::write(folder_.path() / "elsewhere/1.jpg", samples::jpeg());
  fs::create_directory_symlink(folder_.path() / "elsewhere", options_.path / "cat");
  EXPECT_THAT(ids(), ElementsAre("cat/1.jpg"));
}

TEST_F(FolderDatasetTest, LimitTakesTheClassesInTurn) {
  for (int i = 0; i < 10; ++i) {
    add(fmt::format("cat/{}.jpg", i));
    add(fmt::format("dog/{}.jpg", i));
  }
  options_.limit = 6;
  const auto dataset = open();
  ASSERT_EQ(dataset->samples().size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(dataset->samples()[i].label, static_cast<int>(i % 2));
  for (std::size_t i = 0; i < 6; ++i) EXPECT_TRUE(dataset->load(i, true).ok());
}

TEST_F(FolderDatasetTest, FileRemovedAfterOpeningIsSkipped) {
  add("cat/0.jpg");
  const auto dataset = open();
  fs::remove(options_.path / "cat/0.jpg");
  const LoadResult result = dataset->load(0, true);
  EXPECT_FALSE(result.ok());
  EXPECT_EQ(result.content_sha256, "");
}

}  // namespace
}  // namespace qbench::datasets
