// SPDX-License-Identifier: Apache-2.0
#include "tests/support/shape_models.h"

#include <utility>

#include "tests/support/graph_builder.h"

namespace qbench::testing {
namespace {

using models::Graph;
using models::Op;

constexpr int kSide = 8;

int reshaped(GraphBuilder& b, int tensor, std::vector<int> shape, const std::string& name) {
  std::vector<std::int32_t> wanted(shape.begin(), shape.end());
  wanted[0] = -1;
  const int length = static_cast<int>(wanted.size());
  return b.op(Op::kReshape, {tensor, b.int32s(name + "/shape", {length}, wanted)}, b.activation(name, std::move(shape)),
              models::ReshapeOptions{});
}

int mean_of(GraphBuilder& b, int image, const std::vector<std::int32_t>& axes, int channels) {
  return b.op(Op::kMean, {image, b.int32s("axes", {2}, axes)}, b.activation("mean", {1, channels}),
              models::ReducerOptions{});
}

int dense(GraphBuilder& b, int mean, int channels, const std::vector<float>& weights, const std::vector<float>& bias) {
  const auto classes = static_cast<int>(bias.size());
  return b.op(Op::kFullyConnected, {mean, b.floats("w", {classes, channels}, weights), b.floats("b", {classes}, bias)},
              b.activation("logits", {1, classes}), models::FullyConnectedOptions{});
}

int softmax(GraphBuilder& b, int logits, int classes) {
  return b.op(Op::kSoftmax, {logits}, b.activation("scores", {1, classes}), models::SoftmaxOptions{1.0F});
}

int colour_scores_of(GraphBuilder& b, int mean) {
  constexpr float kStep = 1.0F / 64;
  return softmax(b, dense(b, mean, 3, {kStep, 0, 0, 0, kStep, 0, 0, 0, kStep}, {0, 0, 0}), 3);
}

/// Blue below 38, red up to 72, green above.
int gray_scores_of(GraphBuilder& b, int image) {
  return softmax(b, dense(b, mean_of(b, image, {1, 2}, 1), 1, {0.25F, 0.5F, 0.0F}, {-9.5F, -27.5F, 0.0F}), 3);
}

/// How the image of this network comes in, as NHWC; `make` gives the input and what makes NHWC of it.
template <typename Make>
Graph colour_graph(const Make& make) {
  GraphBuilder b;
  const int image = make(b);
  return b.finish({colour_scores_of(b, mean_of(b, image, {1, 2}, 3))});
}

template <typename Make>
Graph gray_graph(const Make& make) {
  GraphBuilder b;
  const int image = make(b);
  return b.finish({gray_scores_of(b, image)});
}

int nhwc(GraphBuilder& b) { return b.input("image", {1, kSide, kSide, 3}); }

int transposed(GraphBuilder& b) {
  const int planes = b.input("image", {1, 3, kSide, kSide});
  return b.op(Op::kTranspose, {planes, b.int32s("perm", {4}, {0, 2, 3, 1})},
              b.activation("nhwc", {1, kSide, kSide, 3}));
}

int image_from(GraphBuilder& b, std::vector<int> shape, int channels) {
  return reshaped(b, b.input("image", std::move(shape)), {1, kSide, kSide, channels}, "nhwc");
}

Graph plain_planes() {
  GraphBuilder b;
  const int planes = b.input("image", {1, 3, kSide, kSide});
  return b.finish({colour_scores_of(b, mean_of(b, planes, {2, 3}, 3))});
}

Graph with_scores_as(std::vector<int> shape) {
  GraphBuilder b;
  const int scores = colour_scores_of(b, mean_of(b, nhwc(b), {1, 2}, 3));
  return b.finish({reshaped(b, scores, std::move(shape), "wide_scores")});
}

/// The means, which would fit three classes too, a list of pixels and the scores.
Graph three_outputs() {
  GraphBuilder b;
  const int image = nhwc(b);
  const int mean = mean_of(b, image, {1, 2}, 3);
  const int pixels = reshaped(b, image, {1, kSide * kSide * 3}, "pixels");
  return b.finish({mean, pixels, colour_scores_of(b, mean)});
}

/// Green's mean less red's, in sixteenths: the log-odds of green.
int log_odds(GraphBuilder& b) {
  constexpr float kStep = 1.0F / 16;
  return dense(b, mean_of(b, nhwc(b), {1, 2}, 3), 3, {-kStep, kStep, 0}, {0});
}

}  // namespace

std::vector<ShapeModel> colour_shapes() {
  const auto from = [](std::vector<int> shape) {
    return colour_graph([&shape](GraphBuilder& b) { return image_from(b, shape, 3); });
  };
  return {{"nhwc", colour_graph(nhwc)},
          {"transposed", colour_graph(transposed)},
          {"planes", plain_planes()},
          {"flat", from({1, kSide * kSide * 3})},
          {"no_batch", from({kSide, kSide, 3}), false},
          {"wide", with_scores_as({1, 1, 1, 3})},
          {"deep", with_scores_as({1, 3, 1, 1})},
          {"bare", with_scores_as({3}), false},
          {"several", three_outputs()}};
}

std::vector<ShapeModel> gray_shapes() {
  const auto from = [](std::vector<int> shape) {
    return gray_graph([&shape](GraphBuilder& b) { return image_from(b, shape, 1); });
  };
  return {{"gray_nhwc", gray_graph([](GraphBuilder& b) {
             return b.input("image", {1, kSide, kSide, 1});
           })},
          {"gray_planes", from({1, 1, kSide, kSide})},
          {"gray_3d", from({1, kSide, kSide})},
          {"gray_flat", from({1, kSide * kSide})}};
}

std::vector<ShapeModel> two_class_shapes() {
  GraphBuilder vector;
  constexpr float kStep = 1.0F / 16;
  const int both = dense(vector, mean_of(vector, nhwc(vector), {1, 2}, 3), 3, {0, 0, 0, -kStep, kStep, 0}, {0, 0});
  GraphBuilder sigmoid;
  const int value = sigmoid.op(Op::kLogistic, {log_odds(sigmoid)}, sigmoid.activation("value", {1, 1}));
  GraphBuilder logit;
  return {{"softmax", vector.finish({softmax(vector, both, 2)})},
          {"sigmoid", sigmoid.finish({value})},
          {"logit", logit.finish({log_odds(logit)})}};
}

models::Graph unclear_value_graph() {
  GraphBuilder b;
  const int logit = log_odds(b);
  const int one = b.op(Op::kMinimum, {logit, b.floats("one", {1}, {1.0F})}, b.activation("below_one", {1, 1}));
  return b.finish({b.op(Op::kMaximum, {one, b.floats("zero", {1}, {0.0F})}, b.activation("value", {1, 1}))});
}

}  // namespace qbench::testing
