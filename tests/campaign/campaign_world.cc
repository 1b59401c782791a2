// SPDX-License-Identifier: Apache-2.0
// What the campaigns work on: tiny models, images, and mutants of a model file.
//
//   campaign_world FOLDER                          writes fp32, int8, fixed and other .tflite, and images/
//   campaign_world FOLDER MODEL SEED COUNT         writes COUNT mutants of MODEL: 0.tflite, 1.tflite, ...
#include <fmt/format.h>

#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <random>
#include <string>

#include "core/files.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"
#include "tests/support/model_mutator.h"
#include "tests/support/tiny_model.h"

namespace {

namespace models = qbench::models;
using Path = std::filesystem::path;

constexpr int kImagesPerClass = 8;
constexpr int kSide = 8;

/// The tensors of the tiny model, other answers, and some twenty times its work: a file that it may be replaced by.
models::Graph other_graph() {
  constexpr int kWide = 64;
  qbench::testing::GraphBuilder b;
  int value = b.input("image", {1, kSide, kSide, 3});
  int channels = 3;
  for (const char* name : {"first", "second", "third"}) {
    const std::string layer = name;
    value = b.op(models::Op::kConv2D,
                 {value, b.pattern(layer + "/weights", {kWide, 3, 3, channels}), b.pattern(layer + "/bias", {kWide})},
                 b.activation(layer, {1, kSide, kSide, kWide}),
                 models::Conv2DOptions{.stride_w = 1, .stride_h = 1, .activation = models::Activation::kRelu6});
    channels = kWide;
  }
  const int mean = b.op(models::Op::kMean, {value, b.int32s("axes", {2}, {1, 2})}, b.activation("mean", {1, kWide}),
                        models::ReducerOptions{});
  const int logits =
      b.op(models::Op::kFullyConnected, {mean, b.pattern("dense", {3, kWide}), b.floats("bias", {3}, {0, 0, 1000})},
           b.activation("logits", {1, 3}), models::FullyConnectedOptions{});
  return b.finish({b.op(models::Op::kSoftmax, {logits}, b.activation("scores", {1, 3}), models::SoftmaxOptions{1.0F})});
}

/// Noise below a strongest colour, which is the class; one image of each class is of another colour than it says.
void write_images(const Path& folder) {
  cv::RNG random(1);
  int label = 0;
  for (const char* name : {"0red", "1green", "2blue"}) {
    std::filesystem::create_directories(folder / name);
    for (int i = 0; i < kImagesPerClass; ++i) {
      cv::Scalar strongest(60, 60, 60);
      strongest[i == 0 ? label : 2 - label] = 255;
      cv::Mat picture(kSide, kSide, CV_8UC3);
      random.fill(picture, cv::RNG::UNIFORM, cv::Scalar::all(0), strongest);
      cv::imwrite((folder / name / (std::to_string(i) + ".png")).string(), picture);
    }
    ++label;
  }
}

void write_world(const Path& folder) {
  using qbench::testing::tiny_model;
  std::filesystem::create_directories(folder);
  qbench::write_file_atomic(folder / "fp32.tflite", tiny_model());
  qbench::write_file_atomic(folder / "int8.tflite", tiny_model({.dtype = qbench::DType::kInt8}));
  qbench::write_file_atomic(folder / "fixed.tflite", tiny_model({.fixed_batch = true}));
  qbench::write_file_atomic(folder / "other.tflite", models::write_tflite(other_graph()));
  write_images(folder / "images");
}

void write_mutants(const Path& folder, const Path& model, std::uint64_t seed, int count) {
  std::filesystem::create_directories(folder);
  const std::vector<std::byte> bytes = qbench::read_file(model);
  const std::vector<qbench::testing::Place> places = qbench::testing::mutable_places(bytes);
  std::mt19937_64 random(seed);
  for (int i = 0; i < count; ++i) {
    qbench::write_file_atomic(folder / fmt::format("{}.tflite", i),
                              qbench::testing::mutate(bytes, places, random).bytes);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 5) {
    fmt::print(stderr, "usage: campaign_world FOLDER [MODEL SEED COUNT]\n");
    return 2;
  }
  if (argc == 2) {
    write_world(argv[1]);
  } else {
    write_mutants(argv[1], argv[2], std::stoull(argv[3]), std::stoi(argv[4]));
  }
  return 0;
}
