// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/tensor_spec.h"

namespace qbench {

/// The classes that a classifier may tell apart.
inline constexpr std::size_t kMostClasses = 100'000;

/// In which order an input tensor holds the values of one image.
enum class PixelOrder {
  kPixels,  ///< pixel by pixel: NHWC
  kPlanes,  ///< channel by channel: NCHW
};

struct ImageInput {
  int height = 0;
  int width = 0;
  int channels = 0;  ///< 1 (gray) or 3
  PixelOrder order = PixelOrder::kPixels;
  bool operator==(const ImageInput&) const = default;
};

/// What an output's values are.
enum class ScoresForm {
  kVector,       ///< a score a class: probabilities or logits
  kProbability,  ///< one value: the probability of the second class
  kLogOdds,      ///< one value: its logit, below 0 for the first class
};

struct ScoresOutput {
  std::size_t index = 0;  ///< among the model's outputs
  std::string name;
  std::size_t values = 0;  ///< of one image
  ScoresForm form = ScoresForm::kVector;
  [[nodiscard]] std::size_t classes() const noexcept { return form == ScoresForm::kVector ? values : 2; }
  bool operator==(const ScoresOutput&) const = default;
};

/// How the tensors of an image classifier are read.
struct ClassifierView {
  ImageInput image;
  ScoresOutput scores;
  std::vector<std::string> assumptions;  ///< one line each: what nobody said and was taken to be so
};

/// The op that makes an output, behind what only moves or converts values.
enum class LastOp { kUnknown, kSoftmax, kLogistic, kOther };

/// What the graph says of an output.
struct OutputHint {
  LastOp last_op = LastOp::kUnknown;
  std::string alias;  ///< its name in a signature; may be empty
};

struct ImageSize {
  int height = 0;
  int width = 0;
  bool operator==(const ImageSize&) const = default;
};

/// What a person says of a model's tensors; all may be left out.
struct TensorChoice {
  std::string output;                   ///< the output with the scores: its name, alias or number from 0
  std::optional<ImageSize> size;        ///< the image's: the input must have it
  std::optional<ScoresForm> one_value;  ///< what a single value is: kProbability or kLogOdds
  bool operator==(const TensorChoice&) const = default;
};

/// What is known beside the shapes.
struct ClassifierHints {
  int classes = 0;  ///< of the dataset; 0: unknown
  TensorChoice asked;
  std::optional<ImageSize> stated_size;  ///< of the model's metadata: used where the shape leaves the sides open
  std::vector<OutputHint> outputs;       ///< by output; may be shorter
};

/// The one rule by which every command finds image and scores. `inputs` and `outputs` are those of batch 1. One input
/// of type float32, uint8, int8 or int16: [1,H,W,C] or [H,W,C] (C is 1 or 3), [1,C,H,W] or [3,H,W], [1,H,W] or [H,W]
/// (gray), [1,D] or [D] of a square image or of the size that is asked for or stated; but for [1,H,W,C] and [1,C,H,W] a
/// side has 8 pixels at least, for other data comes in such shapes too. Scores are an output of these types whose
/// dimensions are all 1 but one: 2 to 100,000 values, or a single one for two classes. Of several such outputs it is
/// the one asked for, else the only one that fits the classes (or one more than them, a background); of several that
/// fit the only one that a SOFTMAX or LOGISTIC makes. Throws Error(kModel) when the tensors are no classifier's or the
/// output cannot be told, Error(kUnsupported) for an element type; one line that says why and what to give.
[[nodiscard]] ClassifierView classifier_view(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs,
                                             const ClassifierHints& hints = {});

/// The image of an input by the same rule; what is assumed is appended to `assumptions`. The first dimension of a
/// tensor of rank 4 may be any batch.
[[nodiscard]] ImageInput image_input(const TensorSpec& input, const ClassifierHints& hints,
                                     std::vector<std::string>& assumptions);

/// The scores of both classes of a model with one output value: (1 - p, p) with p the value or its sigmoid. Equal
/// scores, p = 0.5, mean the first class wherever the lowest index wins ties: the second needs p > 0.5. NaN stays NaN.
[[nodiscard]] std::array<float, 2> two_class_scores(float value, ScoresForm form) noexcept;

/// "28x28 gray", "32x24 RGB, channel by channel".
[[nodiscard]] std::string image_text(const ImageInput& image);
/// "input 28x28 gray, scores 'dense_1' (10 classes)".
[[nodiscard]] std::string view_text(const ClassifierView& view);

/// The view as it is handed to a worker; assumptions are left out.
[[nodiscard]] nlohmann::json to_json(const ClassifierView& view);
/// Throws nlohmann::json::exception when it is none.
[[nodiscard]] ClassifierView classifier_view_from_json(const nlohmann::json& json);

}  // namespace qbench
