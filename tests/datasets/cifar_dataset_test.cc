// SPDX-License-Identifier: Apache-2.0
#include "datasets/cifar_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kPlane = 32 * 32;

/// Red is the position in the plane, green 100 + label, blue 200.
samples::Bytes record(int label) {
  samples::Bytes bytes{static_cast<std::byte>(label)};
  for (std::size_t i = 0; i < kPlane; ++i) bytes.push_back(static_cast<std::byte>(i));
  bytes.insert(bytes.end(), kPlane, static_cast<std::byte>(100 + label));
  bytes.insert(bytes.end(), kPlane, static_cast<std::byte>(200));
  return bytes;
}

samples::Bytes records(const std::vector<int>& labels) {
  samples::Bytes bytes;
  for (const int label : labels) {
    const samples::Bytes one = record(label);
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  return bytes;
}

class CifarDatasetTest : public ::testing::Test {
 protected:
  CifarDatasetTest() { options_.path = folder_.path(); }

  [[nodiscard]] std::string refusal() const {
    try {
      static_cast<void>(open_cifar_dataset(options_));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kDataset);
      return error.what();
    }
    return "opened";
  }

  testing::TemporaryFolder folder_;
  DatasetOptions options_;
};

TEST_F(CifarDatasetTest, PlanesBecomePixels) {
  samples::write(folder_.path() / "test_batch.bin", records({3, 9}));
  const auto dataset = open_cifar_dataset(options_);
  EXPECT_EQ(dataset->kind(), "cifar");
  ASSERT_EQ(dataset->samples().size(), 2U);
  EXPECT_EQ(dataset->samples()[1].id, "test_batch.bin#1");
  EXPECT_EQ(dataset->samples()[1].label, 9);
  EXPECT_EQ(dataset->class_names()[9], "truck");
  const LoadResult result = dataset->load(1, true);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.image.width, 32);
  EXPECT_EQ(result.image.pixels[70 * 3], 70);
  EXPECT_EQ(result.image.pixels[70 * 3 + 1], 109);
  EXPECT_EQ(result.image.pixels[70 * 3 + 2], 200);
}

TEST_F(CifarDatasetTest, TestBatchIsPreferredToTheTrainingBatches) {
  samples::write(folder_.path() / "data_batch_1.bin", records({1, 2, 3}));
  samples::write(folder_.path() / "data_batch_2.bin", records({4}));
  EXPECT_EQ(open_cifar_dataset(options_)->samples().size(), 4U);
  EXPECT_EQ(open_cifar_dataset(options_)->samples()[3].id, "data_batch_2.bin#0");
  samples::write(folder_.path() / "test_batch.bin", records({3, 9}));
  EXPECT_EQ(open_cifar_dataset(options_)->samples().size(), 2U);
}

TEST_F(CifarDatasetTest, OneFileMayBeNamed) {
  samples::write(folder_.path() / "data_batch_1.bin", records({1, 2, 3}));
  options_.path = folder_.path() / "data_batch_1.bin";
  EXPECT_EQ(open_cifar_dataset(options_)->samples().size(), 3U);
}

TEST_F(CifarDatasetTest, ClassNamesComeFromTheFileBeside) {
  samples::write(folder_.path() / "test_batch.bin", records({1}));
  samples::write(folder_.path() / "batches.meta.txt", "zero\none\n\n");
  EXPECT_EQ(open_cifar_dataset(options_)->class_names().size(), 2U);
}

TEST_F(CifarDatasetTest, ModelLabelsInAnotherOrderMoveTheClasses) {
  samples::write(folder_.path() / "test_batch.bin", records({0, 9}));
  options_.model_labels = {"truck", "ship", "horse", "frog", "dog", "deer", "cat", "bird", "Automobile", "Airplane"};
  const auto dataset = open_cifar_dataset(options_);
  EXPECT_EQ(dataset->class_names()[0], "truck");
  EXPECT_EQ(dataset->samples()[0].label, 9);
  EXPECT_EQ(dataset->samples()[1].label, 0);
  options_.model_labels = {"plane", "car"};
  EXPECT_EQ(open_cifar_dataset(options_)->samples()[0].label, 0);
  EXPECT_EQ(open_cifar_dataset(options_)->facts().notes.size(), 1U);
}

TEST_F(CifarDatasetTest, LabelOutOfRangeIsNamed) {
  samples::write(folder_.path() / "test_batch.bin", records({1, 10}));
  EXPECT_THAT(refusal(), HasSubstr("record 1: label 10 is out of range"));
}

TEST_F(CifarDatasetTest, FileCutShortIsNamed) {
  samples::Bytes bytes = records({1, 2});
  bytes.pop_back();
  samples::write(folder_.path() / "test_batch.bin", bytes);
  EXPECT_THAT(refusal(), HasSubstr("6145 bytes, which is no whole number of 3073-byte"));
}

TEST_F(CifarDatasetTest, EmptyFolderAndEmptyFileAreErrors) {
  EXPECT_THAT(refusal(), HasSubstr("holds neither"));
  samples::write(folder_.path() / "test_batch.bin", "");
  EXPECT_THAT(refusal(), HasSubstr("0 bytes"));
}

TEST_F(CifarDatasetTest, FileCutAfterOpeningIsSkipped) {
  samples::write(folder_.path() / "test_batch.bin", records({3, 9}));
  const auto dataset = open_cifar_dataset(options_);
  std::filesystem::resize_file(folder_.path() / "test_batch.bin", 4000);
  EXPECT_TRUE(dataset->load(0, true).ok());
  EXPECT_FALSE(dataset->load(1, true).ok());
}

}  // namespace
}  // namespace qbench::datasets
