// SPDX-License-Identifier: Apache-2.0
#include "datasets/eembc_dataset.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;

class EembcDatasetTest : public ::testing::Test {
 protected:
  EembcDatasetTest() { options_.path = folder_.path(); }

  /// A raw image whose bytes are 0, 1, 2, ...
  void add_image(const std::string& name, std::size_t bytes) const {
    samples::Bytes data(bytes);
    for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<std::byte>(i);
    samples::write(folder_.path() / name, data);
  }
  [[nodiscard]] std::unique_ptr<Dataset> open(std::string_view labels) const {
    samples::write(folder_.path() / kEembcLabelsFile, labels);
    return open_eembc_dataset(options_);
  }
  [[nodiscard]] std::string refusal(std::string_view labels) const {
    try {
      static_cast<void>(open(labels));
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kDataset);
      return error.what();
    }
    return "opened";
  }

  testing::TemporaryFolder folder_;
  DatasetOptions options_;
};

TEST_F(EembcDatasetTest, RawImagesAreRgbRows) {
  add_image("emu.bin", 32 * 32 * 3);
  add_image("cat.bin", 32 * 32 * 3);
  const auto dataset = open("emu.bin,10,2\ncat.bin,10,3\n");
  EXPECT_EQ(dataset->kind(), "eembc");
  EXPECT_EQ(dataset->class_names().size(), 10U);
  EXPECT_EQ(dataset->samples()[1].id, "cat.bin");
  EXPECT_EQ(dataset->samples()[1].label, 3);
  const LoadResult result = dataset->load(0, true);
  ASSERT_TRUE(result.ok()) << result.skip_reason;
  EXPECT_EQ(result.image.width, 32);
  EXPECT_EQ(result.image.pixels[33 * 3 + 1], (33 * 3 + 1) % 256);
  EXPECT_EQ(result.content_sha256.size(), 64U);
}

TEST_F(EembcDatasetTest, SizeOfTheOptionsWins) {
  add_image("a.bin", 12 * 9);
  options_.height = 9;
  options_.width = 12;
  options_.channels = 1;
  const LoadResult result = open("a.bin,2,1\n")->load(0, true);
  EXPECT_EQ(result.image.height, 9);
  EXPECT_EQ(result.image.channels, 1);
}

TEST_F(EembcDatasetTest, SizeThatIsNoSquareMustBeGiven) {
  add_image("a.bin", 100);
  EXPECT_THAT(refusal("a.bin,2,1\n"), HasSubstr("no square RGB image"));
}

TEST_F(EembcDatasetTest, ImageOfAnotherSizeIsSkipped) {
  add_image("a.bin", 96 * 96 * 3);
  add_image("b.bin", 96 * 96 * 3 - 1);
  const auto dataset = open("a.bin,2,1\nb.bin,2,0\nc.bin,2,0\n");
  EXPECT_TRUE(dataset->load(0, true).ok());
  EXPECT_THAT(dataset->load(1, true).skip_reason, HasSubstr("27647 bytes, a 96x96x3 image has 27648"));
  EXPECT_THAT(dataset->load(2, true).skip_reason, HasSubstr("No such file"));
}

TEST_F(EembcDatasetTest, BadLinesAreNamed) {
  add_image("a.bin", 3);
  EXPECT_THAT(refusal("a.bin,2,2\n"), HasSubstr("line 1: label 2 is out of range, there are 2 classes"));
  EXPECT_THAT(refusal("a.bin,2,1\na.bin,3,1\n"), HasSubstr("line 2: 3 classes, the lines before have 2"));
  EXPECT_THAT(refusal("a.bin,2\n"), HasSubstr("line 1: it must be"));
  EXPECT_THAT(refusal("a.bin,two,1\n"), HasSubstr("line 1: it must be"));
  EXPECT_THAT(refusal(""), HasSubstr("names no images"));
}

TEST_F(EembcDatasetTest, NoFileAtAllIsAnError) { EXPECT_THAT(refusal("a.bin,2,1\n"), HasSubstr("none of the files")); }

TEST_F(EembcDatasetTest, ClassNamesMustBeAsManyAsClasses) {
  add_image("a.bin", 3);
  options_.labels_file = folder_.path() / "labels.txt";
  samples::write(options_.labels_file, "nobody\nperson\n");
  EXPECT_EQ(open("a.bin,2,1\n")->class_names()[1], "person");
  EXPECT_THAT(refusal("a.bin,3,1\n"), HasSubstr("has 2 classes"));
}

}  // namespace
}  // namespace qbench::datasets
