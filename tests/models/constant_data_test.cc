// SPDX-License-Identifier: Apache-2.0
#include "models/constant_data.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "models/inspect.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"
#include "tests/support/peak_memory.h"

namespace qbench::models {
namespace {

constexpr std::size_t kWeights = std::size_t{4096} * 1024;

/// A classifier with 16 MB of weights in one layer.
Graph heavy_graph() {
  testing::GraphBuilder b;
  const int image = b.input("image", {1, 4096});
  const int weights = b.floats("w", {1024, 4096}, std::vector<float>(kWeights, 0.5F));
  return b.finish({b.op(Op::kFullyConnected, {image, weights, b.pattern("b", {1024})},
                        b.activation("scores", {1, 1024}), FullyConnectedOptions{})});
}

TEST(ConstantDataTest, CopiesShareUntilOneIsWritten) {
  const ConstantData original(Bytes(100, std::byte{1}));
  ConstantData copy = original;
  EXPECT_EQ(copy.bytes().data(), original.bytes().data());
  copy.own()[0] = std::byte{2};
  EXPECT_EQ(original.bytes()[0], std::byte{1});
  EXPECT_EQ(copy.bytes()[0], std::byte{2});
  EXPECT_NE(copy, original);
}

TEST(ConstantDataTest, EqualsByContent) {
  EXPECT_EQ(ConstantData(Bytes(3, std::byte{1})), ConstantData(Bytes(3, std::byte{1})));
  EXPECT_EQ(ConstantData(), ConstantData(Bytes()));
}

TEST(ConstantDataTest, AMappedFileGivesTheSameGraph) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "heavy.tflite";
  write_file_atomic(path, write_tflite(heavy_graph()));
  Graph mapped = read_tflite_file(path, 0);
  EXPECT_EQ(mapped, read_tflite_file(path));
  mapped.buffers[mapped.tensors[static_cast<std::size_t>(mapped.operators[0].inputs[1])].buffer].own()[0] =
      std::byte{9};
  EXPECT_NE(mapped, read_tflite_file(path, 0));
}

TEST(ConstantDataTest, AGraphOfAMappedFileTakesNoMemoryForItsWeights) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer's own memory counts";
#endif
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "heavy.tflite";
  write_file_atomic(path, write_tflite(heavy_graph()));
  const std::int64_t growth = testing::peak_growth([&] {
    const Graph graph = read_tflite_file(path, 0);
    const Graph copy = graph;
    EXPECT_EQ(constant_bytes(copy, copy.operators[0].inputs[1]).size(), kWeights * sizeof(float));
  });
  EXPECT_LT(growth, std::int64_t{8} << 20);
}

}  // namespace
}  // namespace qbench::models
