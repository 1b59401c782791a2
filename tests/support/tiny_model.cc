// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tiny_model.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>

namespace qbench::testing {
namespace {

namespace fb = flatbuffers;

// Numbers of the .tflite schema.
enum class FileType : std::uint8_t { kFloat32 = 0, kInt32 = 2, kUint8 = 3, kInt8 = 9 };
enum class Op {
  kAveragePool = 1,
  kConv = 3,
  kFullyConnected = 9,
  kReshape = 22,
  kSoftmax = 25,
  kCustom = 32,
  kQuantize = 114
};
constexpr std::uint8_t kConvOptions = 1;
constexpr std::uint8_t kPoolOptions = 5;
constexpr std::uint8_t kFullyConnectedOptions = 8;
constexpr std::uint8_t kSoftmaxOptions = 9;
constexpr std::int8_t kPaddingValid = 1;
constexpr std::int8_t kRelu = 1;
constexpr int kChannels = 3;
constexpr float kLogitScale = 1.0F / 64;
constexpr float kNever = -8.0F;

constexpr fb::voffset_t field(int id) { return static_cast<fb::voffset_t>(4 + 2 * id); }

struct Scale {
  std::vector<float> scale;  // empty: not quantized; several: one per slice of dimension 0
  std::int64_t zero_point = 0;
};

struct Options {
  std::uint8_t type = 0;
  fb::uoffset_t table = 0;
};

/// Collects tensors and operators and writes them as one file. Numbers returned are tensor indices.
class ModelWriter {
 public:
  int tensor(const std::string& name, const std::vector<int>& shape, FileType type, const Scale& scale = {}) {
    return add_tensor(name, shape, type, scale, 0);
  }

  template <typename T>
  int constant(const std::string& name, const std::vector<int>& shape, FileType type, const std::vector<T>& values,
               const Scale& scale = {}) {
    std::vector<std::uint8_t> bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    builder_.ForceVectorAlignment(bytes.size(), 1, 16);
    buffers_.push_back(table({{0, builder_.CreateVector(bytes).o}}));
    return add_tensor(name, shape, type, scale, static_cast<std::uint32_t>(buffers_.size() - 1));
  }

  Options conv_options() {
    const auto start = builder_.StartTable();
    builder_.AddElement<std::int32_t>(field(1), 2, 0);
    builder_.AddElement<std::int32_t>(field(2), 2, 0);
    builder_.AddElement<std::int8_t>(field(3), kRelu, 0);
    return {kConvOptions, builder_.EndTable(start)};
  }
  Options pool_options(int size) {
    const auto start = builder_.StartTable();
    builder_.AddElement<std::int8_t>(field(0), kPaddingValid, 0);
    for (int id = 1; id <= 4; ++id) builder_.AddElement<std::int32_t>(field(id), size, 0);
    return {kPoolOptions, builder_.EndTable(start)};
  }
  Options fully_connected_options() { return {kFullyConnectedOptions, builder_.EndTable(builder_.StartTable())}; }
  Options softmax_options() {
    const auto start = builder_.StartTable();
    builder_.AddElement<float>(field(0), 1.0F, 0);
    return {kSoftmaxOptions, builder_.EndTable(start)};
  }

  void op(Op code, int version, const std::vector<int>& inputs, int output, Options options = {},
          const std::string& custom_name = {}) {
    opcodes_.push_back(opcode(code, version, custom_name));
    const auto input_vector = builder_.CreateVector(inputs).o;
    const auto output_vector = builder_.CreateVector(std::vector<int>{output}).o;
    const auto start = builder_.StartTable();
    builder_.AddElement<std::uint32_t>(field(0), static_cast<std::uint32_t>(opcodes_.size() - 1), 0);
    builder_.AddOffset(field(1), fb::Offset<void>(input_vector));
    builder_.AddOffset(field(2), fb::Offset<void>(output_vector));
    if (options.type != 0) {
      builder_.AddElement<std::uint8_t>(field(3), options.type, 0);
      builder_.AddOffset(field(4), fb::Offset<void>(options.table));
    }
    operators_.emplace_back(builder_.EndTable(start));
  }

  std::vector<std::byte> finish(int input, int output) {
    const auto inputs = builder_.CreateVector(std::vector<int>{input}).o;
    const auto outputs = builder_.CreateVector(std::vector<int>{output}).o;
    const auto graph = table(
        {{0, builder_.CreateVector(tensors_).o}, {1, inputs}, {2, outputs}, {3, builder_.CreateVector(operators_).o}});
    const auto graphs = builder_.CreateVector(std::vector<fb::Offset<void>>{graph}).o;
    const auto opcodes = builder_.CreateVector(opcodes_).o;
    const auto buffers = builder_.CreateVector(buffers_).o;
    const auto start = builder_.StartTable();
    builder_.AddElement<std::uint32_t>(field(0), 3, 0);
    builder_.AddOffset(field(1), fb::Offset<void>(opcodes));
    builder_.AddOffset(field(2), fb::Offset<void>(graphs));
    builder_.AddOffset(field(4), fb::Offset<void>(buffers));
    builder_.Finish(fb::Offset<void>(builder_.EndTable(start)), "TFL3");
    const auto* data = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
    return {data, data + builder_.GetSize()};
  }

 private:
  // A table with offset fields only.
  fb::Offset<void> table(const std::map<int, fb::uoffset_t>& fields) {
    const auto start = builder_.StartTable();
    for (const auto& [id, offset] : fields) builder_.AddOffset(field(id), fb::Offset<void>(offset));
    return fb::Offset<void>(builder_.EndTable(start));
  }

  fb::Offset<void> opcode(Op code, int version, const std::string& custom_name) {
    const auto name = custom_name.empty() ? 0 : builder_.CreateString(custom_name).o;
    const auto start = builder_.StartTable();
    builder_.AddElement<std::int8_t>(field(0), static_cast<std::int8_t>(code), 0);
    if (name != 0) builder_.AddOffset(field(1), fb::Offset<void>(name));
    builder_.AddElement<std::int32_t>(field(2), version, 1);
    builder_.AddElement<std::int32_t>(field(3), static_cast<std::int32_t>(code), 0);
    return fb::Offset<void>(builder_.EndTable(start));
  }

  int add_tensor(const std::string& name, const std::vector<int>& shape, FileType type, const Scale& scale,
                 std::uint32_t buffer) {
    const auto shape_vector = builder_.CreateVector(shape).o;
    const auto name_string = builder_.CreateString(name).o;
    fb::Offset<void> quantization;
    if (!scale.scale.empty()) {
      const std::vector<std::int64_t> zero_points(scale.scale.size(), scale.zero_point);
      const auto scales = builder_.CreateVector(scale.scale).o;
      quantization = table({{2, scales}, {3, builder_.CreateVector(zero_points).o}});
    }
    const auto start = builder_.StartTable();
    builder_.AddOffset(field(0), fb::Offset<void>(shape_vector));
    builder_.AddElement<std::uint8_t>(field(1), static_cast<std::uint8_t>(type), 0);
    builder_.AddElement<std::uint32_t>(field(2), buffer, 0);
    builder_.AddOffset(field(3), fb::Offset<void>(name_string));
    if (!scale.scale.empty()) builder_.AddOffset(field(4), quantization);
    tensors_.emplace_back(builder_.EndTable(start));
    return static_cast<int>(tensors_.size()) - 1;
  }

  fb::FlatBufferBuilder builder_;
  std::vector<fb::Offset<void>> buffers_{table({})};  // buffer 0 is the empty one
  std::vector<fb::Offset<void>> tensors_;
  std::vector<fb::Offset<void>> operators_;
  std::vector<fb::Offset<void>> opcodes_;
};

// The centre tap of output channel c passes input channel c.
template <typename T>
std::vector<T> conv_weights(T one) {
  std::vector<T> weights(kChannels * 3 * 3 * kChannels);
  for (std::size_t c = 0; c < kChannels; ++c) weights[((c * 3 + 1) * 3 + 1) * kChannels + c] = one;
  return weights;
}

template <typename T>
std::vector<T> dense_weights(int classes, T one) {
  std::vector<T> weights(static_cast<std::size_t>(classes) * kChannels);
  for (std::size_t c = 0; c < kChannels; ++c) weights[c * kChannels + c] = one;
  return weights;
}

template <typename T>
std::vector<T> dense_bias(int classes, T never) {
  std::vector<T> bias(static_cast<std::size_t>(classes), never);
  std::fill_n(bias.begin(), kChannels, T{});
  return bias;
}

int reshape_target(ModelWriter& writer, bool fixed_batch) {
  return writer.constant<std::int32_t>("flat_shape", {2}, FileType::kInt32, {fixed_batch ? 1 : -1, kChannels});
}

std::vector<std::byte> float_model(const TinyModelOptions& options) {
  constexpr FileType kFloat = FileType::kFloat32;
  const int half = options.image / 2;
  ModelWriter w;
  const int image = w.tensor("image", {1, options.image, options.image, kChannels}, kFloat);
  const int filter = w.constant("filter", {kChannels, 3, 3, kChannels}, kFloat, conv_weights(1.0F));
  const int filter_bias = w.constant("filter_bias", {kChannels}, kFloat, std::vector<float>(kChannels));
  const int features = w.tensor("features", {1, half, half, kChannels}, kFloat);
  w.op(Op::kConv, options.future_op_version ? 99 : 1, {image, filter, filter_bias}, features, w.conv_options());
  const int pooled = w.tensor("pooled", {1, 1, 1, kChannels}, kFloat);
  w.op(Op::kAveragePool, 1, {features}, pooled, w.pool_options(half));
  const int flat = w.tensor("flat", {1, kChannels}, kFloat);
  w.op(Op::kReshape, 1, {pooled, reshape_target(w, options.fixed_batch)}, flat);
  const int dense =
      w.constant("dense", {options.classes, kChannels}, kFloat, dense_weights(options.classes, kLogitScale));
  const int bias = w.constant("dense_bias", {options.classes}, kFloat, dense_bias(options.classes, kNever));
  const int logits = w.tensor("logits", {1, options.classes}, kFloat);
  w.op(Op::kFullyConnected, 1, {flat, dense, bias}, logits, w.fully_connected_options());
  const int scores = w.tensor("scores", {1, options.classes}, kFloat);
  w.op(Op::kSoftmax, 1, {logits}, scores, w.softmax_options());
  return w.finish(image, scores);
}

std::vector<std::byte> quantized_model(const TinyModelOptions& options) {
  constexpr FileType kInt8 = FileType::kInt8;
  constexpr float kUnit = 1.0F / 127;
  const Scale pixel{{1.0F}, -128};
  const Scale feature = options.refused_by_xnnpack ? Scale{{kUnit / 300}, -128} : pixel;
  const Scale score{{1.0F / 256}, -128};
  const bool uint8_outside = options.dtype == DType::kUint8;
  const int half = options.image / 2;
  const std::vector<int> image_shape = {1, options.image, options.image, kChannels};
  ModelWriter w;

  const int image = w.tensor("image", image_shape, kInt8, pixel);
  int input = image;
  if (uint8_outside) {
    input = w.tensor("image_uint8", image_shape, FileType::kUint8, {{1.0F}, 0});
    w.op(Op::kQuantize, 1, {input}, image);
  }
  const int filter = w.constant<std::int8_t>("filter", {kChannels, 3, 3, kChannels}, kInt8,
                                             conv_weights<std::int8_t>(127), {{kUnit, kUnit, kUnit}, 0});
  const int filter_bias = w.constant("filter_bias", {kChannels}, FileType::kInt32, std::vector<std::int32_t>(kChannels),
                                     {{kUnit, kUnit, kUnit}, 0});
  const int features = w.tensor("features", {1, half, half, kChannels}, kInt8, feature);
  w.op(Op::kConv, options.future_op_version ? 99 : 3, {image, filter, filter_bias}, features, w.conv_options());
  const int pooled = w.tensor("pooled", {1, 1, 1, kChannels}, kInt8, feature);
  w.op(Op::kAveragePool, 2, {features}, pooled, w.pool_options(half));
  const int flat = w.tensor("flat", {1, kChannels}, kInt8, feature);
  w.op(Op::kReshape, 1, {pooled, reshape_target(w, options.fixed_batch)}, flat);

  const float dense_scale = kLogitScale * kUnit;
  const float bias_scale = dense_scale * feature.scale.front();
  const auto never = static_cast<std::int32_t>(std::lround(kNever / bias_scale));
  const int dense = w.constant<std::int8_t>("dense", {options.classes, kChannels}, kInt8,
                                            dense_weights<std::int8_t>(options.classes, 127), {{dense_scale}, 0});
  const int bias = w.constant("dense_bias", {options.classes}, FileType::kInt32,
                              dense_bias<std::int32_t>(options.classes, never), {{bias_scale}, 0});
  const int logits = w.tensor("logits", {1, options.classes}, kInt8, {{12.0F / 255}, 42});  // holds -8 .. 4
  w.op(Op::kFullyConnected, 4, {flat, dense, bias}, logits, w.fully_connected_options());
  const int scores = w.tensor("scores", {1, options.classes}, kInt8, score);
  w.op(Op::kSoftmax, 2, {logits}, scores, w.softmax_options());
  if (!uint8_outside) return w.finish(input, scores);
  const int output = w.tensor("scores_uint8", {1, options.classes}, FileType::kUint8, {{1.0F / 256}, 0});
  w.op(Op::kQuantize, 1, {scores}, output);
  return w.finish(input, output);
}

std::vector<std::byte> custom_op_model(const TinyModelOptions& options) {
  ModelWriter w;
  const int image = w.tensor("image", {1, options.image, options.image, kChannels}, FileType::kUint8, {{1.0F}, 0});
  const int scores = w.tensor("scores", {1, options.classes}, FileType::kUint8, {{1.0F / 256}, 0});
  w.op(Op::kCustom, 1, {image}, scores, {}, options.custom_op);
  return w.finish(image, scores);
}

}  // namespace

std::vector<std::byte> tiny_model(const TinyModelOptions& options) {
  if (!options.custom_op.empty()) return custom_op_model(options);
  return options.dtype == DType::kFloat32 ? float_model(options) : quantized_model(options);
}

}  // namespace qbench::testing
