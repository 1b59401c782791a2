// SPDX-License-Identifier: Apache-2.0
// What we write, run by the real TensorFlow Lite library; skipped where there is none.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "models/rebatch.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "runners/tflite_runner.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using runners::Kernels;

class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const runners::Availability library = runners::tflite_descriptor().probe({});
    if (!library.available) {
      GTEST_SKIP() << library.reason;
    }
  }
};

/// The first output for inputs of a fixed pattern; `batch` images that differ from each other.
Bytes run(const Bytes& model, Kernels kernels, int batch = 1, int first_image = 0) {
  const auto runner = runners::tflite_descriptor().make();
  runner->prepare(model, {.library = {}, .batch = batch, .kernels = kernels, .delegate = {}});
  const TensorSpec& spec = runner->inputs()[0];
  const std::size_t per_image = spec.element_count() / static_cast<std::size_t>(batch);
  Bytes input(spec.byte_size());
  for (std::size_t i = 0; i < spec.element_count(); ++i) {
    const auto value = static_cast<std::uint8_t>((i % per_image * 31 + (i / per_image + first_image) * 57) % 256);
    if (spec.dtype == DType::kFloat32) {
      const auto as_float = static_cast<float>(value);
      std::memcpy(input.data() + i * sizeof(float), &as_float, sizeof(float));
    } else {
      input[i] = static_cast<std::byte>(value);
    }
  }
  runner->set_input(0, input);
  runner->invoke();
  Bytes output(runner->outputs()[0].byte_size());
  runner->get_output(0, output);
  return output;
}

std::vector<float> floats(const Bytes& bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

TEST_F(RuntimeTest, RealModelsRunBitIdenticalAfterReadingAndWriting) {
  int ran = 0;
  for (const char* file :
       {"resnet8_cifar10_fp32", "resnet8_cifar10_int8", "vww_mobilenetv1_fp32", "vww_mobilenetv1_int8", "lili_default",
        "lili_quant-fp", "lili_TPU", "lili_16by8", "mobilenet_v2_224_uint8"}) {
    const auto path = testing::shared_data(std::string("data/models/") + file + ".tflite");
    if (!path) {
      continue;
    }
    const Bytes original = read_file(*path);
    const Bytes written = write_tflite(read_tflite(original, file));
    for (const Kernels kernels : {Kernels::kBuiltin, Kernels::kAuto}) {
      EXPECT_EQ(run(written, kernels), run(original, kernels)) << file;
    }
    ++ran;
  }
  if (ran == 0) {
    GTEST_SKIP() << testing::shared_data_missing("data/models");
  }
}

TEST_F(RuntimeTest, SmallGraphsRun) {
  for (const Graph& graph :
       {testing::tiny_float_graph(), testing::tiny_int8_graph(), testing::tiny_fixed_batch_graph()}) {
    const Bytes model = write_tflite(graph);
    EXPECT_EQ(run(model, Kernels::kBuiltin).size(), tensor_spec(graph, graph.outputs[0]).byte_size());
    EXPECT_NO_THROW((void)run(model, Kernels::kAuto));
  }
}

TEST_F(RuntimeTest, ARebatchedGraphGivesEachImageItsOwnAnswer) {
  const Graph graph = testing::tiny_fixed_batch_graph();
  EXPECT_THROW((void)run(write_tflite(graph), Kernels::kBuiltin, 4), Error);
  const Bytes rebatched = write_tflite(rebatch(graph, 4).graph);
  const std::vector<float> together = floats(run(rebatched, Kernels::kBuiltin, 4));
  for (int image = 0; image < 4; ++image) {
    const std::vector<float> alone = floats(run(rebatched, Kernels::kBuiltin, 1, image));
    for (std::size_t i = 0; i < alone.size(); ++i) {
      // Float kernels may sum in another order for another batch.
      EXPECT_NEAR(together[static_cast<std::size_t>(image) * alone.size() + i], alone[i], 1e-5F) << "image " << image;
    }
  }
}

TEST_F(RuntimeTest, MobilenetWithAFixedBatchIsFreed) {
  const auto path = testing::shared_data("data/models/mobilenet_v2_224_uint8.tflite");
  if (!path) {
    GTEST_SKIP() << testing::shared_data_missing("data/models/mobilenet_v2_224_uint8.tflite");
  }
  const Bytes original = read_file(*path);
  EXPECT_THROW((void)run(original, Kernels::kBuiltin, 2), Error);
  const Bytes rebatched = write_tflite(rebatch(read_tflite(original, "mobilenet"), 2).graph);
  const Bytes together = run(rebatched, Kernels::kBuiltin, 2);
  for (int image = 0; image < 2; ++image) {
    const Bytes alone = run(original, Kernels::kBuiltin, 1, image);
    EXPECT_TRUE(
        std::equal(alone.begin(), alone.end(), together.begin() + static_cast<std::ptrdiff_t>(alone.size()) * image));
  }
}

}  // namespace
}  // namespace qbench::models
