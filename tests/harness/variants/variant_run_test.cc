// SPDX-License-Identifier: Apache-2.0
// Quantized graphs run by the real runtime and compared with the float ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "models/output_check.h"
#include "models/quantize/dynamic_range.h"
#include "models/quantize/expose_activations.h"
#include "models/quantize/float16.h"
#include "models/quantize/integer_quantizer.h"
#include "models/quantize/weight_only.h"
#include "models/tflite_writer.h"
#include "runners/builtin.h"
#include "tests/models/op_uses.h"
#include "tests/support/graph_builder.h"

namespace qbench::variants {
namespace {

using models::Graph;
using models::Range;
using Values = std::vector<std::vector<float>>;

runners::RunnerDescriptor tflite() {
  const auto all = runners::builtin_runners();
  return runners::find_runner(all, "tflite");
}

/// Repeatable values in (-1, 1).
std::vector<float> noise(std::size_t count) {
  std::vector<float> values(count);
  std::uint32_t state = 99;
  for (float& value : values) {
    state = state * 1664525 + 1013904223;
    value = static_cast<float>(state >> 8) / 8388608.0F - 1.0F;
  }
  return values;
}

/// Float outputs of a graph with float inputs of noise; other outputs are left empty.
Values run(const Graph& graph, runners::Kernels kernels) {
  const models::Bytes bytes = models::write_tflite(graph);
  auto runner = tflite().make();
  runner->prepare(
      bytes, {.batch = graph.tensors[static_cast<std::size_t>(graph.inputs.at(0))].shape.at(0), .kernels = kernels});
  for (std::size_t i = 0; i < runner->inputs().size(); ++i) {
    const std::vector<float> values = noise(runner->inputs()[i].element_count());
    runner->set_input(i, std::as_bytes(std::span(values)));
  }
  runner->invoke();
  Values outputs(runner->outputs().size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (runner->outputs()[i].dtype != DType::kFloat32) continue;
    outputs[i].resize(runner->outputs()[i].element_count());
    runner->get_output(i, std::as_writable_bytes(std::span(outputs[i])));
  }
  return outputs;
}

models::ActivationStatistics measured(const Graph& graph) {
  models::ActivationStatistics statistics;
  statistics.ranges.resize(graph.tensors.size());
  for (int input : graph.inputs) statistics.ranges[static_cast<std::size_t>(input)] = Range{-1.0F, 1.0F};
  const std::vector<int> tensors = models::activation_tensors(graph);
  const Values values = run(models::expose_activations(graph, tensors), runners::Kernels::kBuiltin);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (values[i].empty()) continue;
    const auto [low, high] = std::minmax_element(values[i].begin(), values[i].end());
    statistics.ranges[static_cast<std::size_t>(tensors[i])] = Range{*low, *high};
  }
  return statistics;
}

/// Largest difference of the first outputs, in steps of 1/255 of the reference's range (with 0).
double steps_apart(const Values& reference, const Values& other) {
  const auto [low, high] = std::minmax_element(reference[0].begin(), reference[0].end());
  const double step = std::max(static_cast<double>(std::max(*high, 0.0F)) - std::min(*low, 0.0F), 1e-3) / 255.0;
  double worst = 0.0;
  for (std::size_t i = 0; i < reference[0].size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(reference[0][i]) - other[0][i]) / step);
  }
  return worst;
}

bool is_available() { return tflite().probe({}).available; }

#define SKIP_WITHOUT_RUNTIME() \
  if (!is_available()) GTEST_SKIP() << "needs the TensorFlow Lite library: " << tflite().probe({}).reason

/// One op alone in a graph.
class VariantRunTest : public ::testing::TestWithParam<models::Use> {};

bool all_float(const Graph& graph) {
  const auto is_float = [&graph](int t) {
    return graph.tensors[static_cast<std::size_t>(t)].type == models::TensorType::kFloat32;
  };
  return std::all_of(graph.inputs.begin(), graph.inputs.end(), is_float) && is_float(graph.outputs[0]);
}

TEST_P(VariantRunTest, ComputesWhatTheFloatOpDoes) {
  SKIP_WITHOUT_RUNTIME();
  const Graph graph = GetParam().make();
  if (!all_float(graph)) GTEST_SKIP() << "not a float op";
  Values reference;
  try {
    reference = run(graph, runners::Kernels::kBuiltin);
  } catch (const Error& error) {
    ASSERT_EQ(error.code(), ErrorCode::kUnsupported) << error.what();
    GTEST_SKIP() << error.what();
  }
  if (!std::all_of(reference[0].begin(), reference[0].end(), [](float v) { return std::isfinite(v); })) {
    GTEST_SKIP() << "not defined for noise";
  }
  const models::ActivationStatistics statistics = measured(graph);
  for (models::ActivationType type : {models::ActivationType::kInt8, models::ActivationType::kInt16}) {
    models::IntegerOptions options;
    options.activations = type;
    options.io = models::GraphIo::kFloat32;
    const Graph quantized = models::quantize_integer(graph, statistics, options).graph;
    ASSERT_NO_THROW(models::check_output(quantized, models::write_tflite(quantized), "variant"));
    for (runners::Kernels kernels : {runners::Kernels::kBuiltin, runners::Kernels::kAuto}) {
      EXPECT_LT(steps_apart(reference, run(quantized, kernels)), 4.0) << static_cast<int>(type);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Ops, VariantRunTest, ::testing::ValuesIn(models::make_uses()), [](const auto& use) {
  std::string name = use.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
  return name;
});

TEST(VariantRunTest, EveryStorageVariantRuns) {
  SKIP_WITHOUT_RUNTIME();
  const Graph graph = testing::tiny_float_graph();
  const Values reference = run(graph, runners::Kernels::kBuiltin);
  for (const Graph& variant : {models::to_float16(graph), models::weight_only(graph), models::dynamic_range(graph)}) {
    for (runners::Kernels kernels : {runners::Kernels::kBuiltin, runners::Kernels::kAuto}) {
      EXPECT_LT(steps_apart(reference, run(variant, kernels)), 4.0);
    }
  }
}

TEST(VariantRunTest, ExposedActivationsLeaveTheResultAsItWas) {
  SKIP_WITHOUT_RUNTIME();
  const Graph graph = testing::tiny_float_graph();
  const Values exposed =
      run(models::expose_activations(graph, models::activation_tensors(graph)), runners::Kernels::kBuiltin);
  EXPECT_EQ(exposed.back(), run(graph, runners::Kernels::kBuiltin)[0]);
}

}  // namespace
}  // namespace qbench::variants
