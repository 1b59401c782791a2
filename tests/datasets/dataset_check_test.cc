// SPDX-License-Identifier: Apache-2.0
#include "datasets/dataset_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/open_dataset.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::ElementsAre;

class DatasetCheckTest : public ::testing::Test {
 protected:
  DatasetCheckTest() {
    for (int i = 0; i < 12; ++i) {
      samples::write(root_ / fmt::format("ant/{:02}.jpg", i), samples::jpeg(20, 10, i));
      samples::write(root_ / fmt::format("bee/{:02}.jpg", i), samples::jpeg(10, 20, 100 + i));
    }
    samples::write(root_ / "cow/0.jpg", samples::jpeg(20, 10, 500));
    samples::write(root_ / "cow/notes.txt", "moo");
  }

  [[nodiscard]] DatasetCheck check(const DatasetCheckOptions& check_options = {}) const {
    DatasetOptions options;
    options.path = root_;
    return check_dataset(*open_dataset(options), check_options);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path root_ = folder_.path() / "set";
};

TEST_F(DatasetCheckTest, ClassesAndSizesAreCounted) {
  const DatasetCheck result = check();
  EXPECT_EQ(result.kind, "folder");
  EXPECT_EQ(result.samples, 26U);
  EXPECT_EQ(result.ok, 25U);
  ASSERT_EQ(result.classes.size(), 3U);
  EXPECT_EQ(result.classes[1].name, "bee");
  EXPECT_EQ(result.classes[1].ok, 12U);
  EXPECT_EQ(result.classes[2].skipped, 1U);
  ASSERT_EQ(result.sizes.size(), 2U);
  EXPECT_EQ(result.sizes[0].width, 20);
  EXPECT_EQ(result.sizes[0].images, 13U);
}

TEST_F(DatasetCheckTest, NearlyEmptyClassIsMarked) {
  const DatasetCheck result = check();
  EXPECT_FALSE(result.classes[0].nearly_empty);
  EXPECT_TRUE(result.classes[2].nearly_empty);
}

TEST_F(DatasetCheckTest, SkippedFilesAreNamed) {
  const DatasetCheck result = check();
  ASSERT_EQ(result.skipped.size(), 1U);
  EXPECT_EQ(result.skipped[0].id, "cow/notes.txt");
  EXPECT_EQ(result.skipped[0].reason, "not an image");
}

TEST_F(DatasetCheckTest, DuplicatesAreGroupedByContent) {
  EXPECT_TRUE(check().duplicates.empty());
  samples::write(root_ / "ant/copy.jpg", samples::jpeg(20, 10, 3));
  samples::write(root_ / "bee/wrong.jpg", samples::jpeg(20, 10, 4));
  const DatasetCheck result = check();
  ASSERT_EQ(result.duplicates.size(), 2U);
  EXPECT_THAT(result.duplicates[0].ids, ElementsAre("ant/03.jpg", "ant/copy.jpg"));
  EXPECT_FALSE(result.duplicates[0].labels_differ);
  EXPECT_THAT(result.duplicates[1].ids, ElementsAre("ant/04.jpg", "bee/wrong.jpg"));
  EXPECT_TRUE(result.duplicates[1].labels_differ);
}

TEST_F(DatasetCheckTest, FingerprintFollowsIdsLabelsAndContent) {
  const std::string before = check().sha256;
  EXPECT_EQ(before.size(), 64U);
  EXPECT_EQ(check().sha256, before);
  std::filesystem::rename(root_ / "ant/00.jpg", root_ / "ant/0x.jpg");
  EXPECT_NE(check().sha256, before);
}

TEST_F(DatasetCheckTest, StoppedCheckSaysSo) {
  std::stop_source stop;
  stop.request_stop();
  DatasetCheckOptions options;
  options.stop = stop.get_token();
  const DatasetCheck result = check(options);
  EXPECT_TRUE(result.cancelled);
  EXPECT_EQ(result.ok, 0U);
  EXPECT_EQ(result.sha256, "");
}

}  // namespace
}  // namespace qbench::datasets
