// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <opencv2/imgcodecs.hpp>
#include <string>

#include "core/files.h"
#include "core/recipe.h"
#include "models/metadata.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::testing {

/// Images whose class is how much red they hold (dark, middle, bright), and models that see it only when they are fed
/// with the values that they were made for.
class LevelSet {
 public:
  explicit LevelSet(int per_class = 30) {
    const char* names[] = {"0dark", "1middle", "2bright"};
    for (int label = 0; label < 3; ++label) {
      std::filesystem::create_directories(images() / names[label]);
      for (int i = 0; i < per_class; ++i) {
        const double red = 85.0 * label + 12.0 + i * 60.0 / per_class;
        const cv::Scalar bgr((i * 37 + label * 90) % 256, (i * 91) % 256, red);
        cv::imwrite((images() / names[label] / (std::to_string(i) + ".png")).string(), cv::Mat(8, 8, CV_8UC3, bgr));
      }
    }
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path images() const { return folder_.path() / "images"; }
  [[nodiscard]] std::filesystem::path results() const { return folder_.path() / "results"; }

  /// Writes a model that wants the values of `recipe` and returns its path. `type` is that of its input: uint8 with the
  /// scale of [0, 1] stands before a DEQUANTIZE.
  [[nodiscard]] std::string model(const std::string& name, const Recipe& recipe,
                                  models::TensorType type = models::TensorType::kFloat32) const {
    return written(name, graph(recipe, type));
  }

  /// The same, with metadata that say other values than it wants.
  [[nodiscard]] std::string mislabelled(const std::string& name, const Recipe& wants, const Recipe& says) const {
    models::MetadataUpdate update;
    update.normalization = models::Normalization{{static_cast<float>(says.mean[0])}, {static_cast<float>(says.std[0])}};
    return written(name, models::update_metadata(graph(wants, models::TensorType::kFloat32), update));
  }

 private:
  [[nodiscard]] std::string written(const std::string& name, const models::Graph& graph) const {
    const std::filesystem::path file = folder_.path() / (name + ".tflite");
    write_file_atomic(file, models::write_tflite(graph));
    return file.string();
  }

  /// MEAN over the pixels, then three lines over red in 0..255 of which the largest says the class.
  static models::Graph graph(const Recipe& recipe, models::TensorType type) {
    GraphBuilder builder;
    const bool integer = type == models::TensorType::kUint8;
    int at = builder.input("image", {1, 8, 8, 3}, type, integer ? 1.0F / 255.0F : 0.0F);
    if (integer) {
      at = builder.op(models::Op::kDequantize, {at}, builder.activation("real", {1, 8, 8, 3}), {}, 2);
    }
    const int axes = builder.int32s("axes", {2}, {1, 2});
    at = builder.op(models::Op::kMean, {at, axes}, builder.activation("mean", {1, 3}), models::ReducerOptions{});
    const std::size_t red = recipe.colour == Recipe::Colour::kBgr ? 2 : 0;
    std::vector<float> weights(9, 0.0F);
    std::vector<float> bias(3, 0.0F);
    for (std::size_t k = 0; k < 3; ++k) {
      const double slope = static_cast<double>(k) / 85.0;
      const double offset = -0.5 * static_cast<double>(k * (k + 1));  // neighbours meet at 85 and at 170
      weights[k * 3 + red] = static_cast<float>(slope * recipe.std[red]);
      bias[k] = static_cast<float>(slope * recipe.mean[red] + offset);
    }
    const int scores = builder.op(models::Op::kFullyConnected,
                                  {at, builder.floats("w", {3, 3}, weights), builder.floats("b", {3}, bias)},
                                  builder.activation("scores", {1, 3}), models::FullyConnectedOptions{});
    return builder.finish({scores});
  }

  TemporaryFolder folder_;
};

}  // namespace qbench::testing
