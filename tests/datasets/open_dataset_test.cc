// SPDX-License-Identifier: Apache-2.0
#include "datasets/open_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;

class OpenDatasetTest : public ::testing::Test {
 protected:
  OpenDatasetTest() { options_.path = folder_.path(); }

  /// Code and message of the Error that opening throws.
  void expect_refusal(ErrorCode code, const std::string& part) const {
    try {
      static_cast<void>(open_dataset(options_));
      FAIL() << "opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  }

  testing::TemporaryFolder folder_;
  DatasetOptions options_;
};

TEST_F(OpenDatasetTest, ClassFoldersAreDetected) {
  samples::write(folder_.path() / "cat/0.jpg", samples::jpeg());
  EXPECT_EQ(open_dataset(options_)->kind(), "folder");
}

TEST_F(OpenDatasetTest, ListIsDetectedByItsOptionAndByItsName) {
  samples::write(folder_.path() / "0.jpg", samples::jpeg());
  samples::write(folder_.path() / "list.csv", "0.jpg,0\n");
  options_.list_file = folder_.path() / "list.csv";
  EXPECT_EQ(open_dataset(options_)->kind(), "list");
  options_.path = options_.list_file;
  options_.list_file.clear();
  EXPECT_EQ(open_dataset(options_)->kind(), "list");
}

TEST_F(OpenDatasetTest, OneHotListInTheFolderIsDetected) {
  samples::write(folder_.path() / "0.jpg", samples::jpeg());
  samples::write(folder_.path() / "_classes.csv", "filename,cat,dog\n0.jpg,0,1\n");
  EXPECT_EQ(open_dataset(options_)->kind(), "list");
}

TEST_F(OpenDatasetTest, EembcIsDetectedByItsLabels) {
  samples::write(folder_.path() / "y_labels.csv", "0.bin,2,0\n");
  samples::write(folder_.path() / "0.bin", "rgb");
  EXPECT_EQ(open_dataset(options_)->kind(), "eembc");
}

TEST_F(OpenDatasetTest, CifarIsDetectedByItsBatches) {
  samples::write(folder_.path() / "data_batch_1.bin", samples::Bytes(3073));
  EXPECT_EQ(open_dataset(options_)->kind(), "cifar");
  options_.path /= "data_batch_1.bin";
  EXPECT_EQ(open_dataset(options_)->kind(), "cifar");
}

TEST_F(OpenDatasetTest, NamedKindIsNotGuessed) {
  samples::write(folder_.path() / "y_labels.csv", "0.bin,2,0\n");
  samples::write(folder_.path() / "cat/0.jpg", samples::jpeg());
  options_.kind = "folder";
  EXPECT_EQ(open_dataset(options_)->kind(), "folder");
}

TEST_F(OpenDatasetTest, UnknownKindHasAHint) {
  options_.kind = "foldr";
  expect_refusal(ErrorCode::kUsage, "did you mean 'folder'?");
}

TEST_F(OpenDatasetTest, MissingPlaceIsNamed) {
  options_.path = folder_.path() / "no such";
  expect_refusal(ErrorCode::kDataset, "there is no dataset at");
  options_.path = "/" + std::string(300, 'x');
  expect_refusal(ErrorCode::kDataset, "File name too long");
  options_.path.clear();
  expect_refusal(ErrorCode::kUsage, "no dataset is given");
}

TEST_F(OpenDatasetTest, SomeOtherFileIsRefused) {
  options_.path = folder_.path() / "image.jpg";
  samples::write(options_.path, samples::jpeg());
  expect_refusal(ErrorCode::kDataset, "is a file, not a folder");
}

TEST_F(OpenDatasetTest, KindsAreListed) { EXPECT_EQ(dataset_kinds().size(), 4U); }

TEST_F(OpenDatasetTest, RealSetHasTenClassesOfTwoHundred) {
  const auto cifar = testing::shared_data("data/cifar10/test");
  if (!cifar) GTEST_SKIP() << testing::shared_data_missing("data/cifar10/test");
  options_.path = *cifar;
  const auto dataset = open_dataset(options_);
  EXPECT_EQ(dataset->samples().size(), 2000U);
  EXPECT_EQ(dataset->class_names().size(), 10U);
  EXPECT_EQ(dataset->class_names()[0], "airplane");
}

}  // namespace
}  // namespace qbench::datasets
