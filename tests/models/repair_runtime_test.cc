// SPDX-License-Identifier: Apache-2.0
// Repaired graphs, run by the real TensorFlow Lite library, against what the file says or a kernel that reads the file
// right; skipped where there is no library.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>

#include "core/error.h"
#include "core/files.h"
#include "models/repair.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "runners/tflite_runner.h"
#include "tests/support/broken_models.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using runners::Kernels;
using testing::GraphBuilder;

constexpr int kInputs = 1000;
constexpr int kBatch = 5;

/// One graph, prepared.
class Prepared {
 public:
  explicit Prepared(const Graph& graph, int batch = 1, Kernels kernels = Kernels::kBuiltin)
      : Prepared(write_tflite(graph), batch, kernels) {}
  Prepared(Bytes model, int batch, Kernels kernels)
      : model_(std::move(model)), runner_(runners::tflite_descriptor().make()) {
    runner_->prepare(model_, {.library = {}, .batch = batch, .kernels = kernels, .delegate = {}});
  }

  [[nodiscard]] const runners::Runner& runner() const { return *runner_; }
  [[nodiscard]] const TensorSpec& input() const { return runner_->inputs()[0]; }

  Bytes run(const Bytes& input) {
    runner_->set_input(0, input);
    runner_->invoke();
    Bytes output(runner_->outputs()[0].byte_size());
    runner_->get_output(0, output);
    return output;
  }

 private:
  Bytes model_;
  std::unique_ptr<runners::Runner> runner_;
};

/// Every bit pattern of integers; floats in (-4, 4).
Bytes random_input(const TensorSpec& spec, std::mt19937_64& random) {
  Bytes bytes(spec.byte_size());
  if (spec.dtype == DType::kFloat32) {
    std::uniform_real_distribution<float> values(-4.0F, 4.0F);
    std::vector<float> floats(spec.element_count());
    for (float& value : floats) value = values(random);
    std::memcpy(bytes.data(), floats.data(), bytes.size());
  } else {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() >> 56);
  }
  return bytes;
}

/// How many of the random inputs, in batches, the two graphs answer differently.
int differences(const Graph& left, const Graph& right, int batch, Kernels kernels = Kernels::kBuiltin) {
  Prepared a(left, batch, kernels);
  Prepared b(right, batch, kernels);
  std::mt19937_64 random(7);
  int different = 0;
  for (int i = 0; i < kInputs; i += batch) {
    const Bytes input = random_input(a.input(), random);
    different += a.run(input) != b.run(input) ? 1 : 0;
  }
  return different;
}

/// Multiplication by a real number below 1/2 as integer kernels do it: a 31-bit mantissa, the doubled high half
/// rounded, then a rounding shift. The reference kernels round halves away from zero, those for x86 up.
std::int64_t rescaled(std::int64_t sum, double factor, bool halves_up) {
  int exponent = 0;
  const double mantissa = std::frexp(factor, &exponent);
  const std::int64_t wide = sum * std::llround(mantissa * double(std::int64_t{1} << 31));
  const int shift = -exponent;
  const std::int64_t half = std::int64_t{1} << 30;
  if (halves_up) return (((wide + half) >> 31) + (std::int64_t{1} << (shift - 1))) >> shift;
  const std::int64_t high = (wide + (wide >= 0 ? half : 1 - half)) / (std::int64_t{1} << 31);
  const std::int64_t mask = (std::int64_t{1} << shift) - 1;
  const std::int64_t threshold = (mask >> 1) + (high < 0 ? 1 : 0);
  return (high >> shift) + ((high & mask) > threshold ? 1 : 0);
}

/// What an int8 FULLY_CONNECTED with a scale for each unit is, by the format's definition.
Bytes product_of(const Graph& graph, const Bytes& input, bool halves_up) {
  const Operator& op = graph.operators[0];
  const auto tensor = [&](int index) -> const Tensor& { return graph.tensors[static_cast<std::size_t>(index)]; };
  const Tensor& data = tensor(op.inputs[0]);
  const Tensor& weights = tensor(op.inputs[1]);
  const Tensor& result = tensor(op.outputs[0]);
  const std::vector<std::int64_t> values = constant_ints(graph, op.inputs[1]);
  const std::vector<std::int64_t> bias = constant_ints(graph, op.inputs[2]);
  const auto units = static_cast<std::size_t>(weights.shape[0]);
  const auto depth = static_cast<std::size_t>(weights.shape[1]);
  Bytes output;
  for (std::size_t row = 0; row < input.size() / depth; ++row) {
    for (std::size_t unit = 0; unit < units; ++unit) {
      std::int64_t sum = bias[unit];
      for (std::size_t i = 0; i < depth; ++i) {
        const std::int64_t value = static_cast<std::int8_t>(input[row * depth + i]);
        sum += (value - data.quantization.zero_points[0]) * values[unit * depth + i];
      }
      const double factor = double(data.quantization.scales[0]) * double(weights.quantization.scales[unit]) /
                            double(result.quantization.scales[0]);
      const std::int64_t stored = rescaled(sum, factor, halves_up) + result.quantization.zero_points[0];
      output.push_back(static_cast<std::byte>(std::clamp<std::int64_t>(stored, -128, 127)));
    }
  }
  return output;
}

/// Each unit as a FULLY_CONNECTED of its own, which has one scale, joined.
Graph one_product_a_unit(const Graph& source) {
  const Operator& op = source.operators[0];
  const auto tensor = [&](int index) -> const Tensor& { return source.tensors[static_cast<std::size_t>(index)]; };
  Graph graph;
  graph.inputs = {add_tensor(graph, tensor(op.inputs[0]))};
  const auto slice = [](std::span<const std::byte> all, std::size_t part, std::size_t parts) {
    const std::size_t size = all.size() / parts;
    return to_bytes(all.subspan(part * size, size));
  };
  const auto units = static_cast<std::size_t>(tensor(op.inputs[1]).shape[0]);
  Operator join;
  join.op = Op::kConcatenation;
  join.version = 3;
  join.options = ConcatenationOptions{.axis = 1};
  for (std::size_t unit = 0; unit < units; ++unit) {
    Operator one = op;
    one.inputs = graph.inputs;
    for (std::size_t i : {1U, 2U}) {
      Tensor part = tensor(op.inputs[i]);
      part.shape[0] = 1;
      part.quantization.scales = {part.quantization.scales[unit]};
      part.quantization.zero_points = {0};
      const Bytes bytes = slice(constant_bytes(source, op.inputs[i]), unit, units);
      one.inputs.push_back(add_constant(graph, std::move(part), bytes));
    }
    Tensor score = tensor(op.outputs[0]);
    score.shape[1] = 1;
    score.shape_signature = {-1, 1};
    one.outputs = {add_tensor(graph, std::move(score))};
    join.inputs.push_back(one.outputs[0]);
    graph.operators.push_back(std::move(one));
  }
  join.outputs = graph.outputs = {add_tensor(graph, tensor(op.outputs[0]))};
  graph.operators.push_back(std::move(join));
  return graph;
}

class RepairRuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const runners::Availability library = runners::tflite_descriptor().probe({});
    if (!library.available) GTEST_SKIP() << library.reason;
  }
};

TEST_F(RepairRuntimeTest, APerChannelProductGivesWhatTheFileSays) {
  const Graph graph = testing::per_channel_product();
  const Graph repaired = repair(graph).graph;
  std::mt19937_64 random(1);
  for (const int batch : {1, kBatch}) {
    Prepared right(repaired, batch);
    Prepared wrong(graph, batch);
    int equal_unrepaired = 0;
    for (int i = 0; i < kInputs; i += batch) {
      const Bytes input = random_input(right.input(), random);
      const Bytes away = product_of(graph, input, false);
      const Bytes up = product_of(graph, input, true);
      const Bytes found = right.run(input);
      for (std::size_t at = 0; at < found.size(); ++at) {
        ASSERT_TRUE(found[at] == away[at] || found[at] == up[at]) << "input " << i << ", score " << at;
      }
      equal_unrepaired += wrong.run(input) == found ? 1 : 0;
    }
    EXPECT_EQ(equal_unrepaired, 0);
  }
}

TEST_F(RepairRuntimeTest, APerChannelProductEqualsItsUnitsOneByOne) {
  for (const Graph& graph : {testing::per_channel_product(), testing::per_channel_product_int16()}) {
    for (const int batch : {1, kBatch}) {
      EXPECT_EQ(differences(repair(graph).graph, one_product_a_unit(graph), batch), 0);
    }
  }
}

TEST_F(RepairRuntimeTest, AHybridProductStaysNearTheFloatOne) {
  const Graph graph = testing::per_channel_product_hybrid();
  Prepared repaired(repair(graph).graph, kBatch);
  const std::vector<std::int64_t> weights = constant_ints(graph, graph.operators[0].inputs[1]);
  const std::vector<float> bias = constant_floats(graph, graph.operators[0].inputs[2]);
  const std::vector<float>& scales =
      graph.tensors[static_cast<std::size_t>(graph.operators[0].inputs[1])].quantization.scales;
  std::mt19937_64 random(3);
  for (int round = 0; round < kInputs / kBatch; ++round) {
    const Bytes input = random_input(repaired.input(), random);
    const Bytes output = repaired.run(input);
    std::vector<float> in(input.size() / sizeof(float));
    std::vector<float> out(output.size() / sizeof(float));
    std::memcpy(in.data(), input.data(), input.size());
    std::memcpy(out.data(), output.data(), output.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t unit = i % 5;
      double sum = bias[unit];
      for (std::size_t k = 0; k < 12; ++k) {
        sum += double(in[i / 5 * 12 + k]) * double(weights[unit * 12 + k]) * double(scales[unit]);
      }
      // Data are quantized to 255 steps of 8/255: half a step times the sum of |weights|.
      ASSERT_NEAR(out[i], sum, 0.5 * 8.0 / 255.0 * 12 * 127 * double(scales[unit]));
    }
  }
}

TEST_F(RepairRuntimeTest, AFoldedFlattenIsBitEqualAndTakenByXnnpack) {
  const Graph graph = testing::dynamic_flatten();
  const Graph repaired = repair(graph).graph;
  for (const int batch : {1, kBatch}) EXPECT_EQ(differences(repaired, graph, batch), 0);
  EXPECT_THROW(Prepared(graph, 1, Kernels::kXnnpack), Error);
  const Prepared whole(repaired, kBatch, Kernels::kXnnpack);
  EXPECT_EQ(whole.runner().describe().accelerated_parts, 1);
  EXPECT_TRUE(whole.runner().describe().builtin_ops.empty());
}

TEST_F(RepairRuntimeTest, AShapeLeftDynamicGetsItsMemoryAtTheFirstInvoke) {
  const Graph graph = testing::dynamic_flatten();
  const Prepared prepared(graph, kBatch, Kernels::kAuto);
  EXPECT_EQ(prepared.runner().describe().kernels, "builtin");
  EXPECT_EQ(prepared.runner().outputs()[0].shape, (std::vector<int>{kBatch, 3}));
}

TEST_F(RepairRuntimeTest, ABiasAlongDimensionThreeLoadsAndIsTheOneAlongItsOwn) {
  Graph graph = testing::per_channel_convolution();
  graph.tensors[static_cast<std::size_t>(graph.operators[0].inputs[2])].quantization.axis = 3;
  EXPECT_THROW(Prepared(graph, 1), Error);
  for (const Kernels kernels : {Kernels::kBuiltin, Kernels::kXnnpack}) {
    EXPECT_EQ(differences(repair(graph).graph, testing::per_channel_convolution(), kBatch, kernels), 0);
  }
}

TEST_F(RepairRuntimeTest, AConvolutionWithoutABiasRunsAsWithZeros) {
  Graph with_zeros = testing::per_channel_convolution();
  Bytes& bias =
      with_zeros.buffers[with_zeros.tensors[static_cast<std::size_t>(with_zeros.operators[0].inputs[2])].buffer].own();
  bias.assign(bias.size(), std::byte{0});
  Graph without = with_zeros;
  without.operators[0].inputs.pop_back();
  EXPECT_THROW(Prepared(without, 1), Error);
  EXPECT_EQ(differences(repair(without).graph, with_zeros, 1), 0);
}

TEST_F(RepairRuntimeTest, AHybridDepthwiseWithOneScaleIsThatOfManyEqualOnes) {
  const Graph one = testing::hybrid_depthwise(1);
  EXPECT_EQ(differences(repair(one).graph, testing::hybrid_depthwise(4), 1), 0);
  EXPECT_GT(differences(one, testing::hybrid_depthwise(4), 1), 0);
}

/// A file beside the repository and one that needs no repair and answers alike.
struct Twins {
  const char* broken;
  const char* right;
};

TEST_F(RepairRuntimeTest, FilesAnswerAsTheirTwinsThatAreReadRight) {
  // Unrepaired, the first runs on built-in kernels alone.
  for (const Twins& twins : {Twins{"dynamic_flatten/fp32_flatten", "dynamic_flatten/fp32_flatten"},
                             Twins{"bias_axis_3/int8_axis3", "bias_axis_3/int8_axis0"},
                             Twins{"per_channel_fc/int8_per_channel_fc", "per_channel_fc/int8_same_as_conv"}}) {
    const auto broken = testing::shared_data(std::string("field/") + twins.broken + ".tflite");
    const auto right = testing::shared_data(std::string("field/") + twins.right + ".tflite");
    if (!broken || !right) GTEST_SKIP() << testing::shared_data_missing("field");
    const Repaired repaired = repair(read_tflite_file(*broken));
    EXPECT_FALSE(repaired.repairs.empty()) << twins.broken;
    for (const int batch : {1, kBatch}) {
      EXPECT_EQ(differences(repaired.graph, read_tflite_file(*right), batch), 0) << twins.broken;
    }
  }
}

}  // namespace
}  // namespace qbench::models
