// SPDX-License-Identifier: Apache-2.0
// Folders that are numbers: which order is the model's, the images decide; where they decide against ours, it is asked.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "core/files.h"
#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::testing {
namespace {

constexpr int kClasses = 12;

/// Twelve folders "0" .. "11" of gray images, brighter by class, and a model that tells them apart.
class NumberedSet {
 public:
  /// `order` holds the class of each output.
  explicit NumberedSet(const std::vector<int>& order) {
    for (int label = 0; label < kClasses; ++label) {
      std::filesystem::create_directories(images() / std::to_string(label));
      for (int i = 0; i < 8; ++i) {
        const cv::Mat image(4, 4, CV_8UC1, cv::Scalar(10 + 20 * label + i));
        cv::imwrite((images() / std::to_string(label) / (std::to_string(i) + ".png")).string(), image);
      }
    }
    write_file_atomic(model(), models::write_tflite(graph(order)));
  }

  [[nodiscard]] std::filesystem::path images() const { return folder_.path() / "images"; }
  [[nodiscard]] std::filesystem::path model() const { return folder_.path() / "m.tflite"; }
  [[nodiscard]] std::filesystem::path results() const { return folder_.path() / "results"; }
  [[nodiscard]] std::vector<std::string> run(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments{"-q",     "run",    "--no-latency", "--model", model(),
                                       "--data", images(), "-o",           results()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

 private:
  /// Lines over the brightness of which the largest says the class: neighbours meet half way.
  static models::Graph graph(const std::vector<int>& order) {
    GraphBuilder builder;
    int at = builder.input("image", {1, 4, 4, 1});
    const int axes = builder.int32s("axes", {2}, {1, 2});
    at = builder.op(models::Op::kMean, {at, axes}, builder.activation("mean", {1, 1}), models::ReducerOptions{});
    std::vector<float> weights;
    std::vector<float> bias;
    for (const int label : order) {
      const double centre = 13.5 + 20.0 * label;
      weights.push_back(static_cast<float>(centre / 100.0));
      bias.push_back(static_cast<float>(-centre * centre / 200.0));
    }
    const int scores =
        builder.op(models::Op::kFullyConnected,
                   {at, builder.floats("w", {kClasses, 1}, weights), builder.floats("b", {kClasses}, bias)},
                   builder.activation("scores", {1, kClasses}), models::FullyConnectedOptions{});
    return builder.finish({scores});
  }

  TemporaryFolder folder_;
};

const std::vector<int> kNumeric{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
const std::vector<int> kText{0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9};

std::int64_t correct_of(const NumberedSet& set, const std::vector<std::string>& more) {
  const ProgramResult result = run_qbench(set.run(more));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return cell_of(read_report(set.results()), "m").at("accuracy").at("correct").get<std::int64_t>();
}

TEST(ClassOrderTest, NumericOrderIsTakenWhereTheImagesAgree) {
  EXPECT_EQ(correct_of(NumberedSet(kNumeric), {"--recipe", "raw255"}), 96);
}

TEST(ClassOrderTest, ImagesThatSpeakForTextOrderAreAQuestion) {
  const std::string line = complaint(NumberedSet(kText).run({"--recipe", "raw255"}));
  EXPECT_TRUE(mentions(line, "in text order 96 of 96 are right")) << line;
  EXPECT_TRUE(mentions(line, "--class-order text"));
}

TEST(ClassOrderTest, TheQuestionIsAskedWhileTheRecipeIsFound) {
  EXPECT_TRUE(mentions(complaint(NumberedSet(kText).run({})), "--class-order text"));
}

TEST(ClassOrderTest, AGivenOrderIsTaken) {
  EXPECT_EQ(correct_of(NumberedSet(kText), {"--recipe", "raw255", "--class-order", "text"}), 96);
}

TEST(ClassOrderTest, AnUnknownOrderIsRefused) {
  EXPECT_TRUE(mentions(complaint(NumberedSet(kNumeric).run({"--class-order", "random"})), "cannot be 'random'"));
}

}  // namespace
}  // namespace qbench::testing
