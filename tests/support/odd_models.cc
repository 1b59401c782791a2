// SPDX-License-Identifier: Apache-2.0
#include "tests/support/odd_models.h"

#include <flatbuffers/flatbuffers.h>

#include <limits>
#include <utility>

#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"
#include "tflite_generated.h"

namespace qbench::testing {
namespace {

namespace schema = models::schema;
using models::Bytes;
using models::Graph;
using models::Op;

/// The tiny float classifier after `change` of its tables.
template <typename Change>
Bytes changed(const Change& change) {
  const Bytes sound = models::write_tflite(tiny_float_graph());
  const auto model = schema::UnPackModel(sound.data());
  change(*model);
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(schema::CreateModel(builder, model.get()), schema::ModelIdentifier());
  const auto* begin = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
  return {begin, begin + builder.GetSize()};
}

void add_subgraph(schema::ModelT& model) {
  model.subgraphs.push_back(std::make_unique<schema::SubGraphT>(*model.subgraphs[0]));
}

/// The last op becomes one of this kind, without options.
void turn_last_op_into(schema::ModelT& model, Op op) {
  auto code = std::make_unique<schema::OperatorCodeT>();
  code->builtin_code = static_cast<int>(op);
  code->deprecated_builtin_code = static_cast<std::int8_t>(op);
  code->version = 1;
  schema::OperatorT& last = *model.subgraphs[0]->operators.back();
  last.opcode_index = static_cast<std::uint32_t>(model.operator_codes.size());
  last.builtin_options.Reset();
  model.operator_codes.push_back(std::move(code));
}

Bytes with_control_flow(Op op) {
  return changed([op](schema::ModelT& model) {
    add_subgraph(model);
    turn_last_op_into(model, op);
  });
}

Bytes with_sparse_weights() {
  return changed([](schema::ModelT& model) {
    for (const auto& tensor : model.subgraphs[0]->tensors) {
      if (tensor->name == "conv/weights") tensor->sparsity = std::make_unique<schema::SparsityParametersT>();
    }
  });
}

Bytes with_weights_elsewhere() {
  return changed([](schema::ModelT& model) {
    model.buffers.back()->offset = std::uint64_t{3} << 30;
    model.buffers.back()->size = 16;
  });
}

Bytes with_two_inputs() {
  GraphBuilder b;
  const int left = b.input("left", {1, 8, 8, 3});
  const int right = b.input("right", {1, 8, 8, 3});
  const int sum = b.op(Op::kAdd, {left, right}, b.activation("sum", {1, 8, 8, 3}), models::AddOptions{});
  const int mean =
      b.op(Op::kMean, {sum, b.int32s("axes", {2}, {1, 2})}, b.activation("mean", {1, 3}), models::ReducerOptions{});
  return models::write_tflite(b.finish({mean}));
}

Bytes with_custom_op() {
  Graph graph = tiny_float_graph();
  graph.operators.back().op = Op::kCustom;
  graph.operators.back().custom_code = "MyOp";
  graph.operators.back().options = {};
  return models::write_tflite(graph);
}

Bytes with_dynamic_input() {
  Graph graph = tiny_float_graph();
  graph.tensors[static_cast<std::size_t>(graph.inputs[0])].shape_signature = {-1, -1, -1, 3};
  return models::write_tflite(graph);
}

Bytes without_scores() {
  GraphBuilder b;
  const int image = b.input("image", {1, 8, 8, 3});
  return models::write_tflite(b.finish({b.op(Op::kRelu, {image}, b.activation("mask", {1, 8, 8, 3}))}));
}

Bytes with_weight(float value) {
  Graph graph = tiny_float_graph();
  for (const models::Tensor& tensor : graph.tensors) {
    if (tensor.name != "fc/weights") continue;
    std::vector<float> values(16, 1.0F);
    values[5] = value;
    graph.buffers[tensor.buffer] = models::bytes_of(values);
  }
  return models::write_tflite(graph);
}

}  // namespace

std::vector<OddModel> unreadable_models() {
  return {{"subgraphs", changed(add_subgraph), "2 subgraphs (control flow)"},
          {"while", with_control_flow(Op::kWhile), "2 subgraphs (control flow)"},
          {"if", with_control_flow(Op::kIf), "2 subgraphs (control flow)"},
          {"sparse", with_sparse_weights(), "'conv/weights' is stored sparse"},
          {"elsewhere", with_weights_elsewhere(), "outside the flatbuffer"}};
}

std::vector<OddModel> unquantizable_models() {
  const auto only_while = [](schema::ModelT& model) { turn_last_op_into(model, Op::kWhile); };
  return {{"two_inputs", with_two_inputs(), "2 inputs"},
          {"custom", with_custom_op(), "custom op"},
          {"while_alone", changed(only_while), "control flow"},
          {"dynamic", with_dynamic_input(), "dynamic shape"},
          {"no_scores", without_scores(), "not a vector of class scores"},
          {"nan", with_weight(std::numeric_limits<float>::quiet_NaN()), "'fc/weights' holds a NaN"},
          {"infinity", with_weight(std::numeric_limits<float>::infinity()), "'fc/weights' holds a NaN or an infinity"}};
}

}  // namespace qbench::testing
