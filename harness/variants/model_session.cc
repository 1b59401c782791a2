// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/model_session.h"

#include <chrono>
#include <cstring>

#include "core/error.h"

namespace qbench::variants {
namespace {

std::unique_ptr<runners::Runner> prepared(std::span<const std::byte> model, const Execution& execution) {
  auto runner = execution.runner.make();
  runners::RunnerOptions options = execution.options;
  options.batch = 1;
  runner->prepare(model, options);
  return runner;
}

/// Two variants of a network may differ in how they take the same image.
ImageInput image_of(const TensorSpec& input, const ImageInput& image) {
  std::vector<std::string> assumptions;
  ClassifierHints hints;
  hints.asked.size = ImageSize{.height = image.height, .width = image.width};
  return image_input(input, hints, assumptions);
}

template <typename Stored>
void dequantize(std::span<const std::byte> raw, const Quantization& quantization, std::vector<float>& values) {
  const float scale = quantization.is_quantized() ? quantization.scale : 1.0F;
  values.resize(raw.size() / sizeof(Stored));
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored{};
    std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = scale * static_cast<float>(static_cast<std::int32_t>(stored) - quantization.zero_point);
  }
}

}  // namespace

ModelSession::ModelSession(std::span<const std::byte> model, const Recipe& recipe, const ImageInput& image,
                           const Execution& execution)
    : runner_(prepared(model, execution)),
      encoder_(runner_->inputs().at(0), recipe, image_of(runner_->inputs()[0], image),
               datasets::quantize_kernel(runner_->describe().kernels)) {}

void ModelSession::run(std::span<const std::uint8_t> pixels) {
  encoder_.encode(pixels, runner_->input_memory(0));
  const auto start = std::chrono::steady_clock::now();
  runner_->invoke();
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::span<const float> ModelSession::output(std::size_t i) {
  const TensorSpec& spec = runner_->outputs().at(i);
  raw_.resize(spec.byte_size());
  runner_->get_output(i, raw_);
  switch (spec.dtype) {
    case DType::kFloat32:
      values_.resize(spec.element_count());
      std::memcpy(values_.data(), raw_.data(), raw_.size());
      break;
    case DType::kInt8:
      dequantize<std::int8_t>(raw_, spec.quantization, values_);
      break;
    case DType::kUint8:
      dequantize<std::uint8_t>(raw_, spec.quantization, values_);
      break;
    case DType::kInt16:
      dequantize<std::int16_t>(raw_, spec.quantization, values_);
      break;
    default:
      throw Error(ErrorCode::kUnsupported, "output '{}' is of type {}, which holds no scores", spec.name,
                  dtype_name(spec.dtype));
  }
  return values_;
}

}  // namespace qbench::variants
