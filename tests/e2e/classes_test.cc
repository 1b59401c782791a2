// SPDX-License-Identifier: Apache-2.0
// Which class an image belongs to, by the whole program.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/files.h"
#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/e2e/variant_set.h"
#include "tests/support/graph_builder.h"

namespace qbench::testing {
namespace {

namespace fs = std::filesystem;

/// The tiny set with its folders called otherwise; an empty name takes a folder away.
class RenamedSet : public TinySet {
 public:
  RenamedSet(const std::string& red, const std::string& green, const std::string& blue) {
    rename("0red", red);
    rename("1green", green);
    rename("2blue", blue);
  }

  [[nodiscard]] nlohmann::json accuracy(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = run({"fp32"}, more);
    arguments.emplace_back("--no-latency");
    const ProgramResult result = run_qbench(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return cell_of(read_report(results()), "fp32").at("accuracy");
  }
  [[nodiscard]] std::string refusal() const {
    std::vector<std::string> arguments = run({"fp32"});
    arguments.emplace_back("--no-latency");
    return complaint(arguments);
  }

 private:
  void rename(const char* from, const std::string& to) const {
    if (to.empty()) {
      fs::remove_all(images() / from);
    } else {
      fs::rename(images() / from, images() / to);
    }
  }
};

TEST(ClassesTest, LabelsBesideTheModelDecideByName) {
  const RenamedSet set("Red_Things", "green-things", "blue things");
  write_file_atomic(set.path() / "labels.txt", "0 red things\n1 green things\n2 blue things\n");
  EXPECT_EQ(set.accuracy().at("correct"), 12);
  const nlohmann::json dataset = read_report(set.results()).at("dataset");
  EXPECT_EQ(dataset.at("class_order"), "by name, 'labels.txt' beside 'fp32.tflite'");
}

TEST(ClassesTest, FoldersThatAreNoLabelsAreAskedAbout) {
  const RenamedSet set("rouge", "vert", "blue");
  write_file_atomic(set.path() / "labels.txt", "red\ngreen\nblue\n");
  const std::string line = set.refusal();
  for (const char* part : {"'rouge', 'vert'", "'red', 'green'", "--labels FILE"})
    EXPECT_TRUE(mentions(line, part)) << line;
}

TEST(ClassesTest, MissingClassIsNoBackground) {
  const RenamedSet numbered("0", "1", "");
  const nlohmann::json accuracy = numbered.accuracy();
  EXPECT_EQ(accuracy.at("correct"), 8);
  EXPECT_EQ(accuracy.at("per_class").at(2).at("images"), 0);
  const RenamedSet named("red", "green", "");
  const std::string line = named.refusal();
  EXPECT_TRUE(mentions(line, "--labels FILE")) << line;
  EXPECT_TRUE(mentions(line, "--label-offset 1")) << line;
}

TEST(ClassesTest, LabelOffsetOfTheCommandLineCounts) {
  const RenamedSet set("", "1green", "2blue");
  EXPECT_EQ(set.accuracy({"--label-offset", "1"}).at("correct"), 8);
  EXPECT_EQ(cell_of(read_report(set.results()), "fp32").at("recipe").at("label_offset"), 1);
}

TEST(ClassesTest, BackgroundRowOfTheLabelsMovesTheOutputs) {
  const RenamedSet set("", "green", "blue");
  write_file_atomic(set.path() / "labels.txt", "background\ngreen\nblue\n");
  EXPECT_EQ(set.accuracy().at("correct"), 8);
}

TEST(ClassesTest, FlatFolderCalibrates) {
  const VariantSet set;
  const fs::path flat = set.path() / "flat";
  fs::create_directories(flat);
  int number = 0;
  for (const auto& entry : fs::recursive_directory_iterator(set.images())) {
    if (entry.is_regular_file()) fs::copy_file(entry.path(), flat / (std::to_string(number++) + ".png"));
  }
  const ProgramResult result = run_qbench({"-q", "quantize", set.model(), "--to", "int8", "--calibrate", flat, "-o",
                                           set.output(), "--recipe", "raw255", "--jobs", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(fs::exists(set.variant("int8")));
  EXPECT_TRUE(mentions(complaint({"-q", "quantize", set.model(), "--to", "int8", "--calibrate", flat, "-o",
                                  set.output(), "--force", "--max-drop", "1"}),
                       "has no sub-folders"));
}

/// Puts an EXIF segment that says `orientation` into a JPEG.
void set_orientation(const fs::path& file, char orientation) {
  std::string jpeg = read_text_file(file);
  std::string segment(
      "\xFF\xE1\0\x22"
      "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0",
      28);
  segment += orientation;
  segment += std::string(7, '\0');
  jpeg.insert(2, segment);
  std::ofstream(file, std::ios::binary) << jpeg;
}

/// Tells whether the upper or the lower half of an image is the brighter one.
models::Graph halves_model() {
  GraphBuilder builder;
  const int image = builder.input("image", {1, 8, 8, 3});
  const int shape = builder.int32s("shape", {2}, {-1, 192});
  const int flat = builder.op(models::Op::kReshape, {image, shape}, builder.activation("flat", {1, 192}),
                              models::ReshapeOptions{.new_shape = {-1, 192}});
  std::vector<float> weights(2 * 192, 0.0F);
  for (std::size_t i = 0; i < 192; ++i) weights[(i < 96 ? 0 : 192) + i] = 0.01F;
  const int scores = builder.op(models::Op::kFullyConnected,
                                {flat, builder.floats("w", {2, 192}, weights), builder.floats("b", {2}, {0.0F, 0.0F})},
                                builder.activation("scores", {1, 2}), models::FullyConnectedOptions{});
  return builder.finish({scores});
}

TEST(ClassesTest, WhatExifChangedIsTold) {
  const TemporaryFolder folder;
  const fs::path model = folder.path() / "halves.tflite";
  write_file_atomic(model, models::write_tflite(halves_model()));
  for (const auto& [name, bright] : {std::pair("0upper", 0), std::pair("1lower", 4)}) {
    fs::create_directories(folder.path() / "images" / name);
    for (int i = 0; i < 3; ++i) {
      cv::Mat picture(8, 8, CV_8UC3, cv::Scalar::all(20));
      // The last one is stored upside down.
      picture.rowRange(i == 2 ? 4 - bright : bright, i == 2 ? 8 - bright : bright + 4).setTo(cv::Scalar::all(220));
      const fs::path file = folder.path() / "images" / name / (std::to_string(i) + ".jpg");
      cv::imwrite(file.string(), picture);
      if (i == 2) set_orientation(file, 3);
    }
  }
  const fs::path results = folder.path() / "results";
  const ProgramResult result = run_qbench(
      {"run", "-m", model, "-d", folder.path() / "images", "--recipe", "raw255", "--no-latency", "-o", results});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = read_report(results);
  EXPECT_EQ(cell_of(report, "halves").at("accuracy").at("correct"), 6);
  EXPECT_EQ(report.at("dataset").at("reoriented"), 2);
  const std::string warnings = cell_of(report, "halves").at("warnings").dump();
  for (const char* part : {"2 of 6 images were turned upright", "2 are right turned, 0 as stored",
                           "+100.00 points on these, +33.33 on all"}) {
    EXPECT_TRUE(mentions(warnings, part)) << warnings;
    EXPECT_TRUE(mentions(result.err, part)) << result.err;
  }
}

}  // namespace
}  // namespace qbench::testing
