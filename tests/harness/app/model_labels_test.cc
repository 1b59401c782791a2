// SPDX-License-Identifier: Apache-2.0
#include "harness/app/model_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "models/metadata.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace qbench::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A folder with models of three outputs.
class ModelLabelsTest : public ::testing::Test {
 protected:
  std::filesystem::path add_model(const std::string& name, const std::vector<std::string>& labels = {}) const {
    const std::vector<std::byte> plain = testing::tiny_model();
    const std::filesystem::path file = folder_.path() / name;
    if (labels.empty()) {
      write_file_atomic(file, plain);
      return file;
    }
    models::MetadataUpdate update;
    update.labels = labels;
    write_file_atomic(file, models::write_tflite(models::update_metadata(models::read_tflite(plain, name), update)));
    return file;
  }
  void add_text(const std::string& name, const std::string& text) const {
    write_file_atomic(folder_.path() / name, text);
  }
  [[nodiscard]] std::string refusal(const std::vector<std::filesystem::path>& models) {
    try {
      (void)add_model_labels(options_, models);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kDataset);
      return error.what();
    }
    return "found";
  }

  testing::TemporaryFolder folder_;
  datasets::DatasetOptions options_;
};

TEST_F(ModelLabelsTest, MetadataAreReadFirst) {
  add_text("labels.txt", "x\ny\nz\n");
  EXPECT_THAT(
      add_model_labels(options_, {add_model("a.tflite"), add_model("b.tflite", {"0 red", "1 green", "2 blue"})}),
      IsEmpty());
  EXPECT_THAT(options_.model_labels, ElementsAre("red", "green", "blue"));
  EXPECT_EQ(options_.model_labels_source, "the metadata of 'b.tflite'");
  EXPECT_EQ(options_.model_outputs, 3);
}

TEST_F(ModelLabelsTest, FilesBesideTheModelAreFound) {
  for (const char* name : {"a_labels.txt", "a.txt", "a.tflite.txt", "labels.txt"}) {
    add_text(name, "red\ngreen\nblue\n");
    (void)add_model_labels(options_, {add_model("a.tflite")});
    EXPECT_THAT(options_.model_labels, ElementsAre("red", "green", "blue")) << name;
    EXPECT_EQ(options_.model_labels_source, "'" + std::string(name) + "' beside 'a.tflite'");
    std::filesystem::remove(folder_.path() / name);
    options_ = {};
  }
  add_text("class_indices.json", R"({"red": 0, "blue": 2, "green": 1})");
  (void)add_model_labels(options_, {add_model("a.tflite")});
  EXPECT_THAT(options_.model_labels, ElementsAre("red", "green", "blue"));
}

TEST_F(ModelLabelsTest, LabelsThatDoNotFitTheOutputsAreToldAndNotUsed) {
  add_text("labels.txt", "red\ngreen\n");
  add_text("a.txt", "trained on a Tuesday\n");
  EXPECT_THAT(add_model_labels(options_, {add_model("a.tflite")}),
              ElementsAre("'labels.txt' beside 'a.tflite' is not used: 2 names for 3 outputs"));
  EXPECT_THAT(options_.model_labels, IsEmpty());
}

TEST_F(ModelLabelsTest, BackgroundThatTheModelHasNotMayBeNamed) {
  add_text("labels.txt", "background\nred\ngreen\nblue\n");
  EXPECT_THAT(add_model_labels(options_, {add_model("a.tflite")}), IsEmpty());
  EXPECT_EQ(options_.model_labels.size(), 4U);
}

TEST_F(ModelLabelsTest, ModelsThatNameTheClassesDifferentlyAreRefused) {
  EXPECT_THAT(
      refusal({add_model("a.tflite", {"red", "green", "blue"}), add_model("b.tflite", {"blue", "green", "red"})}),
      HasSubstr("name the classes differently (class 0: 'red' and 'blue')"));
  EXPECT_EQ(refusal({add_model("a.tflite", {"Red", "green", "blue"}), add_model("b.tflite", {"red", "green", "blue"})}),
            "found");
}

TEST_F(ModelLabelsTest, FilesThatContradictEachOtherAreRefused) {
  add_text("labels.txt", "red\ngreen\nblue\n");
  add_text("class_indices.json", R"({"blue": 0, "green": 1, "red": 2})");
  EXPECT_THAT(refusal({add_model("a.tflite")}), HasSubstr("give the right one with --labels FILE"));
  options_.needs_labels = false;
  EXPECT_THAT(add_model_labels(options_, {add_model("a.tflite")}), ElementsAre(HasSubstr("no labels are used")));
}

TEST_F(ModelLabelsTest, LabelsFileOfTheUserIsEnough) {
  add_text("labels.txt", "red\ngreen\nblue\n");
  options_.labels_file = "mine.txt";
  EXPECT_THAT(add_model_labels(options_, {add_model("a.tflite")}), IsEmpty());
  EXPECT_THAT(options_.model_labels, IsEmpty());
  EXPECT_EQ(options_.model_outputs, 3);
}

TEST_F(ModelLabelsTest, ModelThatCannotBeReadTellsNothing) {
  add_text("broken.tflite", "no model");
  EXPECT_THAT(add_model_labels(options_, {folder_.path() / "broken.tflite", folder_.path() / "none.tflite"}),
              IsEmpty());
  EXPECT_EQ(options_.model_outputs, 0);
}

}  // namespace
}  // namespace qbench::app
