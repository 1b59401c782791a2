// SPDX-License-Identifier: Apache-2.0
#include "core/classifier_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/input_guess.h"

namespace qbench {
namespace {

/// The least side of an image whose shape could also be that of other data: 128 samples of 3 axes, 4 measurements.
constexpr int kLeastSide = 8;

template <typename... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorCode::kModel, "not an image classifier: {}", fmt::format(format, std::forward<Args>(args)...));
}

bool is_channels(int dim) { return dim == 1 || dim == 3; }

bool holds_values(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kUint8 || dtype == DType::kInt8 || dtype == DType::kInt16;
}

std::string tensor_text(const TensorSpec& spec) {
  return fmt::format("'{}' {} {}", spec.name, shape_text(spec.shape), dtype_name(spec.dtype));
}

/// One input of a model, and how it is read as an image.
class ImageRule {
 public:
  ImageRule(const TensorSpec& input, const ClassifierHints& hints, std::vector<std::string>& assumptions)
      : input_(input), hints_(hints), assumptions_(assumptions) {}

  ImageInput read() const {
    if (input_.element_count() == 0) refuse("the size of the input {} is not known", tensor_text(input_));
    const ImageInput image = by_rank();
    if (hints_.asked.size && *hints_.asked.size != ImageSize{image.height, image.width}) {
      refuse("the input {} is {}x{}, not {}x{} as asked for", tensor_text(input_), image.height, image.width,
             hints_.asked.size->height, hints_.asked.size->width);
    }
    return image;
  }

 private:
  ImageInput by_rank() const {
    const std::vector<int>& shape = input_.shape;
    switch (shape.size()) {
      case 4:
        return with_batch(shape[1], shape[2], shape[3]);
      case 3:
        return shape[0] == 1 ? gray(shape[1], shape[2]) : without_batch(shape[0], shape[1], shape[2]);
      case 2:
        return shape[0] == 1 ? flat(shape[1]) : gray(shape[0], shape[1]);
      case 1:
        return flat(shape[0]);
      default:
        no_image();
    }
  }

  [[noreturn]] void no_image() const {
    refuse("the input {} is no image: NHWC or NCHW with 1 or 3 channels, a gray NxHxW, or NxD values of a square",
           described());
  }

  /// The input, and what it looks like when it is no image.
  std::string described() const { return tensor_text(input_) + looks_like(input_.shape, dtype_name(input_.dtype)); }

  void assume(std::string what) const { assumptions_.push_back(std::move(what)); }

  ImageInput with_batch(int first, int second, int last) const {
    if (is_channels(last)) {
      if (is_channels(first)) assume(fmt::format("the input {} is read as NHWC, not NCHW", tensor_text(input_)));
      return {.height = first, .width = second, .channels = last};
    }
    if (is_channels(first)) {
      return {.height = second, .width = last, .channels = first, .order = PixelOrder::kPlanes};
    }
    no_image();
  }

  ImageInput without_batch(int first, int second, int last) const {
    if (is_channels(last)) return sized({.height = first, .width = second, .channels = last});
    if (first == 3) return sized({.height = second, .width = last, .channels = 3, .order = PixelOrder::kPlanes});
    no_image();
  }

  ImageInput gray(int height, int width) const { return sized({.height = height, .width = width, .channels = 1}); }

  ImageInput sized(const ImageInput& image) const {
    if (image.height < kLeastSide || image.width < kLeastSide) {
      refuse("the input {} would be an image of {}x{}; a side of fewer than {} pixels is taken for other data",
             described(), image.height, image.width, kLeastSide);
    }
    return image;
  }

  ImageInput flat(int values) const {
    for (const auto& size : {hints_.asked.size, hints_.stated_size}) {
      if (!size) continue;
      for (const int channels : {1, 3}) {
        if (std::int64_t{size->height} * size->width * channels == values) {
          return assumed({.height = size->height, .width = size->width, .channels = channels});
        }
      }
    }
    for (const int channels : {1, 3}) {
      const auto side = static_cast<int>(std::lround(std::sqrt(values / channels)));
      if (values % channels == 0 && std::int64_t{side} * side * channels == values && side >= kLeastSide) {
        return assumed({.height = side, .width = side, .channels = channels});
      }
    }
    refuse(
        "the {} values of the input {} are no square image of 1 or 3 channels; if they are an image, give "
        "--image-size HxW",
        values, described());
  }

  ImageInput assumed(const ImageInput& image) const {
    assume(fmt::format("the {} values of the input '{}' are taken as an image of {}, row by row",
                       input_.element_count(), input_.name, image_text(image)));
    return image;
  }

  const TensorSpec& input_;
  const ClassifierHints& hints_;
  std::vector<std::string>& assumptions_;
};

/// The outputs of a model, and which of them holds the scores.
class ScoresRule {
 public:
  ScoresRule(std::span<const TensorSpec> outputs, const ClassifierHints& hints, std::vector<std::string>& assumptions)
      : outputs_(outputs), hints_(hints), assumptions_(assumptions) {}

  ScoresOutput read() const {
    const std::size_t index = hints_.asked.output.empty() ? found() : asked_for();
    const TensorSpec& output = outputs_[index];
    if (const std::string obstacle = why_no_scores(output); !obstacle.empty()) {
      if (!holds_values(output.dtype)) throw Error(ErrorCode::kUnsupported, "{}", obstacle);
      throw Error(ErrorCode::kModel, "not a classifier: {}", obstacle);
    }
    ScoresOutput scores{.index = index, .name = output.name, .values = output.element_count()};
    if (scores.values == 1) scores.form = form_of(index);
    return scores;
  }

 private:
  static std::string why_no_scores(const TensorSpec& output) {
    const auto wide_dims = std::ranges::count_if(output.shape, [](int dim) { return dim > 1; });
    const std::size_t values = output.element_count();
    if (wide_dims > 1 || values == 0) {
      return fmt::format("the output {} is not a vector of class scores", tensor_text(output));
    }
    if (values > kMostClasses) {
      return fmt::format("the output {} has {} values; a classifier has up to {} classes", tensor_text(output), values,
                         kMostClasses);
    }
    if (!holds_values(output.dtype)) {
      return fmt::format("the output {} holds no scores: float32, int8, uint8 or int16 is needed", tensor_text(output));
    }
    return {};
  }

  LastOp last_op(std::size_t index) const {
    return index < hints_.outputs.size() ? hints_.outputs[index].last_op : LastOp::kUnknown;
  }
  bool is_normalized(std::size_t index) const {
    return last_op(index) == LastOp::kSoftmax || last_op(index) == LastOp::kLogistic;
  }

  std::string all_outputs() const {
    std::string text = tensor_text(outputs_[0]);
    for (const TensorSpec& output : outputs_.subspan(1)) text += ", " + tensor_text(output);
    return text;
  }

  std::size_t asked_for() const {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (outputs_[i].name == hints_.asked.output) return i;
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const bool aliased = i < hints_.outputs.size() && hints_.outputs[i].alias == hints_.asked.output;
      if (aliased || std::to_string(i) == hints_.asked.output) return i;
    }
    throw Error(ErrorCode::kModel, "the model has no output '{}' among {}; give the name of one of them",
                hints_.asked.output, all_outputs());
  }

  std::vector<std::size_t> that_fit(const std::vector<std::size_t>& candidates) const {
    if (hints_.classes == 0) return candidates;
    const auto classes = static_cast<std::size_t>(hints_.classes);
    std::vector<std::size_t> fitting;
    for (const std::size_t wanted : {classes, classes + 1}) {
      for (const std::size_t index : candidates) {
        const std::size_t values = outputs_[index].element_count();
        if ((values == 1 ? 2 : values) == wanted) fitting.push_back(index);
      }
      if (!fitting.empty()) break;
    }
    return fitting;
  }

  std::vector<std::size_t> normalized(std::vector<std::size_t> candidates) const {
    std::erase_if(candidates, [this](std::size_t index) { return !is_normalized(index); });
    return candidates;
  }

  std::size_t found() const {
    if (outputs_.size() == 1) return 0;
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      if (why_no_scores(outputs_[i]).empty()) candidates.push_back(i);
    }
    if (candidates.empty()) refuse("none of its outputs is a vector of class scores: {}", all_outputs());
    if (candidates.size() == 1) return assumed(candidates[0], "no other is a vector of scores");
    const std::vector<std::size_t> fitting = that_fit(candidates);
    const std::vector<std::size_t> sure = normalized(fitting);
    // An output that fits by chance beside one that ends in SOFTMAX and does not: the dataset may be the wrong one.
    const bool only_by_size = fitting.size() == 1 && sure.empty() && !normalized(candidates).empty();
    if (fitting.size() == 1 && !only_by_size) {
      return assumed(fitting[0], fmt::format("its size alone fits the {} classes", hints_.classes));
    }
    if (sure.size() == 1) return assumed(sure[0], "it alone ends in SOFTMAX or LOGISTIC");
    throw Error(ErrorCode::kModel, "which output holds the scores{} cannot be told: {}; give --output-tensor NAME",
                hints_.classes > 0 ? fmt::format(" of {} classes", hints_.classes) : "", all_outputs());
  }

  std::size_t assumed(std::size_t index, const std::string& reason) const {
    assumptions_.push_back(fmt::format("of {} outputs {} holds the scores ({}); --output-tensor names another",
                                       outputs_.size(), tensor_text(outputs_[index]), reason));
    return index;
  }

  /// Whether all values that the output can hold lie in 0 .. 1.
  static bool is_probability_range(const TensorSpec& output) {
    if (!output.quantization.is_quantized()) return false;
    int low = std::numeric_limits<std::int16_t>::min();
    int high = std::numeric_limits<std::int16_t>::max();
    if (output.dtype == DType::kInt8) low = -128, high = 127;
    if (output.dtype == DType::kUint8) low = 0, high = 255;
    const double scale = output.quantization.scale;
    return scale * (low - output.quantization.zero_point) > -scale &&
           scale * (high - output.quantization.zero_point) < 1.0 + scale;
  }

  ScoresForm form_of(std::size_t index) const {
    const TensorSpec& output = outputs_[index];
    if (last_op(index) == LastOp::kSoftmax) {
      throw Error(ErrorCode::kModel, "not a classifier: the output {} is the SOFTMAX of one value, which is always 1",
                  tensor_text(output));
    }
    if (hints_.asked.one_value) return *hints_.asked.one_value;
    const bool probability = last_op(index) == LastOp::kLogistic || is_probability_range(output);
    assumptions_.push_back(fmt::format(
        "the one value of the output '{}' is {} of the second class", output.name,
        probability ? "the probability" : "the log-odds (no LOGISTIC makes it: a sigmoid is applied, threshold 0)"));
    return probability ? ScoresForm::kProbability : ScoresForm::kLogOdds;
  }

  std::span<const TensorSpec> outputs_;
  const ClassifierHints& hints_;
  std::vector<std::string>& assumptions_;
};

}  // namespace

ImageInput image_input(const TensorSpec& input, const ClassifierHints& hints, std::vector<std::string>& assumptions) {
  if (!holds_values(input.dtype)) {
    throw Error(ErrorCode::kUnsupported, "input {}: images can be given as float32, uint8, int8 or int16{}",
                tensor_text(input), looks_like(input.shape, dtype_name(input.dtype)));
  }
  return ImageRule(input, hints, assumptions).read();
}

ClassifierView classifier_view(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs,
                               const ClassifierHints& hints) {
  if (inputs.size() != 1 || outputs.empty()) {
    refuse("it has {} inputs and {} outputs; one image goes in", inputs.size(), outputs.size());
  }
  ClassifierView view;
  view.image = image_input(inputs[0], hints, view.assumptions);
  view.scores = ScoresRule(outputs, hints, view.assumptions).read();
  return view;
}

std::array<float, 2> two_class_scores(float value, ScoresForm form) noexcept {
  const float second =
      form == ScoresForm::kLogOdds ? static_cast<float>(1.0 / (1.0 + std::exp(-static_cast<double>(value)))) : value;
  return {1.0F - second, second};
}

}  // namespace qbench
