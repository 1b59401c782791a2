// SPDX-License-Identifier: Apache-2.0
#include "models/tflite_writer.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "models/tflite_reader.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using testing::GraphBuilder;

Graph rewritten(const Graph& graph) { return read_tflite(write_tflite(graph), "rewritten"); }

/// A graph whose one operator has these options; only reading and writing see it.
Graph with_options(OperatorOptions options) {
  GraphBuilder b;
  const int x = b.input("x", {1, 2});
  b.op(Op::kAdd, {x}, b.activation("y", {1, 2}), std::move(options));
  return b.finish({1});
}

TEST(TfliteWriterTest, AGraphReadsBackEqual) {
  for (const Graph& graph :
       {testing::tiny_float_graph(), testing::tiny_int8_graph(), testing::tiny_fixed_batch_graph()}) {
    EXPECT_EQ(rewritten(graph), graph);
  }
}

TEST(TfliteWriterTest, WritingIsDeterministic) {
  EXPECT_EQ(write_tflite(testing::tiny_int8_graph()), write_tflite(testing::tiny_int8_graph()));
}

TEST(TfliteWriterTest, EveryOptionTableSurvives) {
  const std::vector<OperatorOptions> all = {
      std::monostate{},
      Conv2DOptions{Padding::kValid, 2, 3, Activation::kRelu6, 4, 5},
      DepthwiseConv2DOptions{Padding::kValid, 2, 3, 4, Activation::kRelu, 5, 6},
      Pool2DOptions{Padding::kValid, 2, 3, 4, 5, Activation::kReluN1To1},
      FullyConnectedOptions{Activation::kRelu, 1, true, true},
      SoftmaxOptions{0.5F},
      ConcatenationOptions{-1, Activation::kRelu},
      AddOptions{Activation::kRelu, false},
      L2NormOptions{Activation::kRelu},
      LocalResponseNormalizationOptions{5, 1.0F, 0.5F, 0.25F},
      ResizeBilinearOptions{true, true},
      ReshapeOptions{{1, -1}},
      SpaceToDepthOptions{2},
      MulOptions{Activation::kRelu},
      GatherOptions{1, 2},
      ReducerOptions{true},
      SubOptions{Activation::kRelu, false},
      DivOptions{Activation::kRelu},
      SqueezeOptions{{0, 2}},
      StridedSliceOptions{1, 2, 3, 4, 5},
      SplitOptions{3},
      CastOptions{TensorType::kInt8, TensorType::kInt32},
      ArgMaxOptions{TensorType::kInt64},
      TransposeConvOptions{Padding::kValid, 2, 3},
      ShapeOptions{TensorType::kInt64},
      FakeQuantOptions{-1.0F, 1.0F, 8, true},
      PackOptions{2, 1},
      UnpackOptions{2, 1},
      ResizeNearestNeighborOptions{true, true},
      LeakyReluOptions{0.1F},
      MirrorPadOptions{1},
      SplitVOptions{3},
      DepthToSpaceOptions{2},
      BatchMatMulOptions{true, true, true},
      GeluOptions{true},
  };
  for (const OperatorOptions& options : all) {
    EXPECT_EQ(rewritten(with_options(options)).operators[0].options, options) << "alternative " << options.index();
  }
  EXPECT_EQ(all.size() + 1, std::variant_size_v<OperatorOptions>) << "RawOptions have tests of their own";
}

TEST(TfliteWriterTest, DefaultOptionsSurvive) {
  EXPECT_EQ(rewritten(with_options(AddOptions{})).operators[0].options, OperatorOptions(AddOptions{}));
  EXPECT_EQ(rewritten(with_options(Conv2DOptions{})).operators[0].options, OperatorOptions(Conv2DOptions{}));
  EXPECT_EQ(rewritten(with_options(ReshapeOptions{})).operators[0].options, OperatorOptions(ReshapeOptions{}));
}

TEST(TfliteWriterTest, AnEmptyOptionTableOfAnotherOpSurvives) {
  const RawOptions options{22, {}};
  EXPECT_EQ(rewritten(with_options(options)).operators[0].options, OperatorOptions(options));
}

TEST(TfliteWriterTest, UnknownScalarOptionsKeepTheirValues) {
  const auto bytes = [](const auto& value) { return to_bytes(std::as_bytes(std::span(&value, 1))); };
  const RawOptions options{18, {{0, bytes(1.5F)}, {1, bytes(std::int32_t{-7})}, {3, bytes(std::uint8_t{1})}}};
  const Graph graph = rewritten(with_options(options));
  const auto& kept = std::get<RawOptions>(graph.operators[0].options);
  EXPECT_EQ(kept.union_number, 18);
  ASSERT_EQ(kept.fields.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(kept.fields[i].id, options.fields[i].id);
    ASSERT_GE(kept.fields[i].bytes.size(), options.fields[i].bytes.size());
    EXPECT_EQ(std::memcmp(kept.fields[i].bytes.data(), options.fields[i].bytes.data(), options.fields[i].bytes.size()),
              0);
  }
  EXPECT_EQ(rewritten(graph), graph);
}

TEST(TfliteWriterTest, EverythingElseOfAnOperatorSurvives) {
  Graph graph = testing::tiny_float_graph();
  Operator& op = graph.operators[2];
  op.op = Op::kCustom;
  op.version = 7;
  op.custom_code = "my-op";
  op.options = std::monostate{};
  op.custom_options = bytes_of(std::vector<std::uint8_t>{1, 2, 3});
  op.intermediates = {kNoTensor, 2};
  op.mutating_inputs = {true, false};
  op.inputs.push_back(kNoTensor);
  EXPECT_EQ(rewritten(graph), graph);
}

TEST(TfliteWriterTest, CodesPast127Survive) {
  Graph graph = with_options(GeluOptions{});
  graph.operators[0].op = Op::kGelu;
  EXPECT_EQ(rewritten(graph).operators[0].op, Op::kGelu);
}

TEST(TfliteWriterTest, MetadataFilesSignaturesAndTextSurvive) {
  Graph graph = testing::tiny_float_graph();
  graph.name = "main";
  graph.description = "made by a test";
  graph.metadata = {{"min_runtime_version", bytes_of(std::vector<std::uint8_t>{'1', '.', '5', 0})}};
  graph.files = {{"labels.txt", bytes_of(std::vector<char>{'a', '\n', 'b'})}, {"empty.txt", {}}};
  graph.signatures = {{"serving", {{"x", graph.inputs[0]}}, {{"y", graph.outputs[0]}}}};
  EXPECT_EQ(rewritten(graph), graph);
}

TEST(TfliteWriterTest, ConstantsAreAlignedTo16Bytes) {
  Graph graph = testing::tiny_float_graph();
  const Bytes marker = bytes_of(std::vector<std::uint8_t>{0xDE, 0xAD, 0xBE, 0xEF, 0x11, 0x22, 0x33});
  for (std::size_t length = 1; length <= marker.size(); ++length) {
    Tensor tensor{.name = "odd", .type = TensorType::kUint8, .shape = {static_cast<int>(length)}};
    add_constant(graph, tensor, Bytes(marker.begin(), marker.begin() + static_cast<std::ptrdiff_t>(length)));
  }
  const Bytes file = write_tflite(graph);
  const auto at = std::search(file.begin(), file.end(), marker.begin(), marker.end());
  ASSERT_NE(at, file.end());
  EXPECT_EQ((at - file.begin()) % 16, 0);
}

TEST(TfliteWriterTest, UnusedAndEmptyBuffersAreDropped) {
  Graph graph = testing::tiny_float_graph();
  const std::size_t used = graph.buffers.size();
  add_buffer(graph, Bytes(1000));
  graph.tensors[0].buffer = add_buffer(graph, {});
  const Graph result = rewritten(graph);
  EXPECT_EQ(result.buffers.size(), used);
  EXPECT_EQ(result.tensors[0].buffer, 0U);
}

TEST(TfliteWriterTest, SharedBuffersStayShared) {
  Graph graph = testing::tiny_float_graph();
  Tensor copy = graph.tensors[static_cast<std::size_t>(graph.operators[0].inputs[1])];
  copy.name = "second view";
  add_tensor(graph, copy);
  const Graph result = rewritten(graph);
  EXPECT_EQ(result.tensors.back().buffer,
            result.tensors[static_cast<std::size_t>(graph.operators[0].inputs[1])].buffer);
  EXPECT_EQ(result.buffers.size(), graph.buffers.size());
}

TEST(TfliteWriterTest, AGraphWithIndicesOutOfRangeIsNotWritten) {
  Graph bad_input = testing::tiny_float_graph();
  bad_input.operators[1].inputs[0] = 1000;
  EXPECT_THROW((void)write_tflite(bad_input), Error);
  Graph bad_output = testing::tiny_float_graph();
  bad_output.outputs = {-1};
  EXPECT_THROW((void)write_tflite(bad_output), Error);
  Graph bad_buffer = testing::tiny_float_graph();
  bad_buffer.tensors[0].buffer = 1000;
  EXPECT_THROW((void)write_tflite(bad_buffer), Error);
}

TEST(TfliteWriterTest, TheFileAppearsWhole) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "tiny.tflite";
  write_tflite_file(testing::tiny_float_graph(), path);
  EXPECT_EQ(read_tflite_file(path), testing::tiny_float_graph());
}

TEST(TfliteWriterTest, ARefusedGraphLeavesNoFile) {
  const testing::TemporaryFolder folder;
  Graph graph = testing::tiny_float_graph();
  graph.outputs = {1000};
  EXPECT_THROW(write_tflite_file(graph, folder.path() / "bad.tflite"), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace qbench::models
