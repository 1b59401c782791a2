// SPDX-License-Identifier: Apache-2.0
#include "core/classifier_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TensorSpec tensor(std::vector<int> shape, DType dtype = DType::kFloat32, Quantization quantization = {}) {
  return {.name = "t", .shape = std::move(shape), .dtype = dtype, .quantization = quantization};
}

TensorSpec named(const std::string& name, std::vector<int> shape) { return {.name = name, .shape = std::move(shape)}; }

struct Read {
  ImageInput image;
  std::vector<std::string> assumptions;
};

Read read_image(std::vector<int> shape, const ClassifierHints& hints = {}) {
  Read read;
  read.image = image_input(tensor(std::move(shape)), hints, read.assumptions);
  return read;
}

ClassifierView view_of(const std::vector<TensorSpec>& outputs, const ClassifierHints& hints = {}) {
  return classifier_view(std::vector{tensor({1, 8, 8, 3})}, outputs, hints);
}

template <typename Call>
std::string words_against(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "not refused";
}

TEST(ClassifierViewTest, RankFourHasItsChannelsLastOrFirst) {
  EXPECT_EQ(read_image({1, 32, 24, 3}).image, (ImageInput{32, 24, 3, PixelOrder::kPixels}));
  EXPECT_EQ(read_image({1, 28, 28, 1}).image, (ImageInput{28, 28, 1, PixelOrder::kPixels}));
  EXPECT_EQ(read_image({1, 3, 32, 24}).image, (ImageInput{32, 24, 3, PixelOrder::kPlanes}));
  EXPECT_EQ(read_image({1, 1, 28, 28}).image, (ImageInput{28, 28, 1, PixelOrder::kPlanes}));
  EXPECT_THAT(read_image({1, 3, 32, 24}).assumptions, IsEmpty());
}

TEST(ClassifierViewTest, ChannelsAtBothEndsAreReadAsTheRuntimeMeansThemAndSaid) {
  const Read read = read_image({1, 3, 32, 3});
  EXPECT_EQ(read.image.order, PixelOrder::kPixels);
  EXPECT_THAT(read.assumptions, ElementsAre(HasSubstr("NHWC, not NCHW")));
}

TEST(ClassifierViewTest, FewerDimensionsAreGrayImagesOrHaveNoBatch) {
  EXPECT_EQ(read_image({1, 28, 20}).image, (ImageInput{28, 20, 1, PixelOrder::kPixels}));
  EXPECT_EQ(read_image({28, 20, 3}).image, (ImageInput{28, 20, 3, PixelOrder::kPixels}));
  EXPECT_EQ(read_image({28, 20, 1}).image, (ImageInput{28, 20, 1, PixelOrder::kPixels}));
  EXPECT_EQ(read_image({3, 28, 20}).image, (ImageInput{28, 20, 3, PixelOrder::kPlanes}));
  EXPECT_EQ(read_image({28, 20}).image, (ImageInput{28, 20, 1, PixelOrder::kPixels}));
}

TEST(ClassifierViewTest, AFlatInputIsASquareAndThatIsSaid) {
  const Read gray = read_image({1, 784});
  EXPECT_EQ(gray.image, (ImageInput{28, 28, 1, PixelOrder::kPixels}));
  EXPECT_THAT(gray.assumptions, ElementsAre(HasSubstr("784 values of the input 't' are taken as an image of 28x28")));
  EXPECT_EQ(read_image({1, 3072}).image, (ImageInput{32, 32, 3, PixelOrder::kPixels}));
  EXPECT_EQ(read_image({784}).image, (ImageInput{28, 28, 1, PixelOrder::kPixels}));
}

TEST(ClassifierViewTest, AFlatInputOfAStatedSizeNeedNotBeSquare) {
  ClassifierHints hints;
  hints.stated_size = ImageSize{.height = 24, .width = 32};
  EXPECT_EQ(read_image({1, 768}, hints).image, (ImageInput{24, 32, 1, PixelOrder::kPixels}));
  EXPECT_EQ(read_image({1, 2304}, hints).image, (ImageInput{24, 32, 3, PixelOrder::kPixels}));
  hints.asked.size = ImageSize{.height = 12, .width = 64};
  EXPECT_EQ(read_image({1, 768}, hints).image, (ImageInput{12, 64, 1, PixelOrder::kPixels}));
}

TEST(ClassifierViewTest, ASizeThatWasAskedForIsNeverIgnored) {
  ClassifierHints hints;
  hints.asked.size = ImageSize{.height = 24, .width = 24};
  EXPECT_THAT(words_against([&] { (void)read_image({1, 784}, hints); }), HasSubstr("is 28x28, not 24x24 as asked for"));
  EXPECT_THAT(words_against([&] { (void)read_image({1, 32, 32, 3}, hints); }), HasSubstr("not 24x24"));
}

TEST(ClassifierViewTest, OtherDataAreNotTakenForImages) {
  const std::vector<std::vector<int>> strangers = {
      {1, 4}, {1, 40}, {1, 128, 3}, {1, 8, 8, 4}, {16}, {1, 4, 4}, {1, 1, 8, 8, 3}, {1, 0, 8, 3}, {}};
  for (const std::vector<int>& shape : strangers) {
    EXPECT_THROW((void)read_image(shape), Error) << shape_text(shape);
  }
  EXPECT_THAT(words_against([] { (void)read_image({1, 40}); }), HasSubstr("give --image-size HxW"));
  std::vector<std::string> unused;
  EXPECT_THROW((void)image_input(tensor({1, 8, 8, 3}, DType::kInt64), {}, unused), Error);
}

TEST(ClassifierViewTest, OneDimensionOfScoresMayStandAnywhere) {
  for (const std::vector<int>& shape : {std::vector{1, 10}, {1, 1, 1, 10}, {10}, {1, 10, 1, 1}}) {
    const ScoresOutput scores = view_of({tensor(shape)}).scores;
    EXPECT_EQ(scores.values, 10U);
    EXPECT_EQ(scores.classes(), 10U);
    EXPECT_EQ(scores.form, ScoresForm::kVector);
  }
  EXPECT_EQ(view_of({tensor({1, 100'000})}).scores.classes(), 100'000U);
}

TEST(ClassifierViewTest, WhatIsNoVectorOfScoresIsRefused) {
  for (const std::vector<int>& shape : {std::vector{1, 4, 10}, {1, 7, 7, 64}, {1, 0}, {1, 100'001}}) {
    EXPECT_THAT(words_against([&] { (void)view_of({tensor(shape)}); }), HasSubstr("not a classifier"))
        << shape_text(shape);
  }
  EXPECT_THAT(words_against([] { (void)view_of({tensor({1, 10}, DType::kInt64)}); }), HasSubstr("holds no scores"));
  EXPECT_THAT(words_against([] { (void)classifier_view({}, {}); }), HasSubstr("0 inputs and 0 outputs"));
}

TEST(ClassifierViewTest, OneValueBehindALogisticIsAProbability) {
  ClassifierHints hints;
  hints.outputs = {{.last_op = LastOp::kLogistic, .alias = {}}};
  const ClassifierView view = view_of({tensor({1, 1})}, hints);
  EXPECT_EQ(view.scores.form, ScoresForm::kProbability);
  EXPECT_EQ(view.scores.classes(), 2U);
  EXPECT_THAT(view.assumptions, ElementsAre(HasSubstr("the probability of the second class")));
}

TEST(ClassifierViewTest, OneQuantizedValueWithinZeroAndOneIsAProbability) {
  EXPECT_EQ(view_of({tensor({1, 1}, DType::kInt8, {1.0F / 256, -128})}).scores.form, ScoresForm::kProbability);
  EXPECT_EQ(view_of({tensor({1, 1}, DType::kUint8, {1.0F / 255, 0})}).scores.form, ScoresForm::kProbability);
  EXPECT_EQ(view_of({tensor({1, 1}, DType::kInt8, {0.1F, 0})}).scores.form, ScoresForm::kLogOdds);
}

TEST(ClassifierViewTest, AnyOtherValueIsTakenForLogOddsUnlessSomebodySays) {
  ClassifierHints hints;
  hints.outputs = {{.last_op = LastOp::kOther, .alias = {}}};
  const ClassifierView view = view_of({tensor({1, 1})}, hints);
  EXPECT_EQ(view.scores.form, ScoresForm::kLogOdds);
  EXPECT_THAT(view.assumptions, ElementsAre(HasSubstr("a sigmoid is applied")));
  hints.asked.one_value = ScoresForm::kProbability;
  EXPECT_EQ(view_of({tensor({1, 1})}, hints).scores.form, ScoresForm::kProbability);
  EXPECT_THAT(view_of({tensor({1, 1})}, hints).assumptions, IsEmpty());
}

TEST(ClassifierViewTest, TheSoftmaxOfOneValueIsNoAnswer) {
  ClassifierHints hints;
  hints.outputs = {{.last_op = LastOp::kSoftmax, .alias = {}}};
  EXPECT_THAT(words_against([&] { (void)view_of({tensor({1, 1})}, hints); }), HasSubstr("always 1"));
}

TEST(ClassifierViewTest, OfSeveralOutputsTheOneThatFitsTheClassesIsTakenAndSaid) {
  const std::vector<TensorSpec> outputs{named("embedding", {1, 64}), named("map", {1, 4, 4, 8}), named("out", {1, 10})};
  ClassifierHints hints{.classes = 10, .asked = {}, .stated_size = {}, .outputs = {}};
  const ClassifierView view = view_of(outputs, hints);
  EXPECT_EQ(view.scores.index, 2U);
  EXPECT_THAT(view.assumptions, ElementsAre(HasSubstr("of 3 outputs 'out' 1x10 float32 holds the scores")));
  hints.classes = 9;  // and a background
  EXPECT_EQ(view_of(outputs, hints).scores.index, 2U);
  hints.classes = 64;
  EXPECT_EQ(view_of(outputs, hints).scores.index, 0U);
}

TEST(ClassifierViewTest, ASoftmaxDecidesAmongThoseThatFit) {
  const std::vector<TensorSpec> outputs{named("logits", {1, 10}), named("scores", {1, 10})};
  ClassifierHints hints{.classes = 10, .asked = {}, .stated_size = {}, .outputs = {{}, {LastOp::kSoftmax, ""}}};
  EXPECT_EQ(view_of(outputs, hints).scores.index, 1U);
  hints.classes = 0;
  EXPECT_EQ(view_of(outputs, hints).scores.index, 1U);
}

TEST(ClassifierViewTest, ASoftmaxOfAnotherSizeMakesItAQuestion) {
  const std::vector<TensorSpec> outputs{named("embedding", {1, 64}), named("scores", {1, 10})};
  const ClassifierHints hints{
      .classes = 64, .asked = {}, .stated_size = {}, .outputs = {{LastOp::kOther, ""}, {LastOp::kSoftmax, ""}}};
  EXPECT_THAT(words_against([&] { (void)view_of(outputs, hints); }), HasSubstr("give --output-tensor NAME"));
}

TEST(ClassifierViewTest, SeveralThatFitOrNoneAreAQuestionWithAllOutputs) {
  const std::vector<TensorSpec> outputs{named("a", {1, 10}), named("b", {1, 10})};
  for (const int classes : {0, 10, 5}) {
    const std::string said = words_against(
        [&] { (void)view_of(outputs, {.classes = classes, .asked = {}, .stated_size = {}, .outputs = {}}); });
    EXPECT_THAT(said, HasSubstr("which output holds the scores")) << classes;
    EXPECT_THAT(said, HasSubstr("'a' 1x10 float32, 'b' 1x10 float32")) << classes;
  }
}

TEST(ClassifierViewTest, AnOutputIsAskedForByNameAliasOrNumber) {
  const std::vector<TensorSpec> outputs{named("Identity", {1, 10}), named("Identity_1", {1, 10})};
  ClassifierHints hints;
  hints.outputs = {{LastOp::kUnknown, "age"}, {LastOp::kUnknown, "kind"}};
  for (const char* wanted : {"Identity_1", "kind", "1"}) {
    hints.asked.output = wanted;
    const ClassifierView view = view_of(outputs, hints);
    EXPECT_EQ(view.scores.index, 1U) << wanted;
    EXPECT_THAT(view.assumptions, IsEmpty());
  }
  hints.asked.output = "Softmax";
  EXPECT_THAT(words_against([&] { (void)view_of(outputs, hints); }), HasSubstr("no output 'Softmax' among 'Identity'"));
}

TEST(ClassifierViewTest, OneValueBecomesTwoScoresAndOneHalfIsTheFirstClass) {
  EXPECT_THAT(two_class_scores(0.75F, ScoresForm::kProbability), ElementsAre(0.25F, 0.75F));
  EXPECT_THAT(two_class_scores(0.5F, ScoresForm::kProbability), ElementsAre(0.5F, 0.5F));
  EXPECT_THAT(two_class_scores(0.0F, ScoresForm::kLogOdds), ElementsAre(0.5F, 0.5F));
  EXPECT_NEAR(two_class_scores(2.0F, ScoresForm::kLogOdds)[1], 1.0 / (1.0 + std::exp(-2.0)), 1e-7);
  EXPECT_EQ(two_class_scores(-1000.0F, ScoresForm::kLogOdds)[1], 0.0F);
  EXPECT_TRUE(std::isnan(two_class_scores(std::numeric_limits<float>::quiet_NaN(), ScoresForm::kLogOdds)[0]));
  // The next value above one half, and the one below.
  const float above = std::nextafter(0.5F, 1.0F);
  const float below = std::nextafter(0.5F, 0.0F);
  EXPECT_GT(two_class_scores(above, ScoresForm::kProbability)[1], two_class_scores(above, ScoresForm::kProbability)[0]);
  EXPECT_LT(two_class_scores(below, ScoresForm::kProbability)[1], two_class_scores(below, ScoresForm::kProbability)[0]);
}

TEST(ClassifierViewTest, AViewReachesAWorkerWhole) {
  ClassifierView view;
  view.image = {.height = 32, .width = 24, .channels = 3, .order = PixelOrder::kPlanes};
  view.scores = {.index = 2, .name = "out", .values = 1, .form = ScoresForm::kLogOdds};
  const ClassifierView again = classifier_view_from_json(to_json(view));
  EXPECT_EQ(again.image, view.image);
  EXPECT_EQ(again.scores, view.scores);
  EXPECT_EQ(view_text(view), "input 32x24 RGB, channel by channel, scores 'out' (2 classes, from one value)");
}

}  // namespace
}  // namespace qbench
