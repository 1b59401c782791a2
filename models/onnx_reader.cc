// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <set>
#include <string>

#include "core/error.h"
#include "core/printable.h"
#include "models/foreign_readers.h"

namespace qbench::models {
namespace {

std::string dimension_text(const onnx::TensorShapeProto::Dimension& dimension) {
  if (dimension.has_dim_value()) {
    return fmt::format("{}", dimension.dim_value());
  }
  return dimension.has_dim_param() && !dimension.dim_param().empty() ? printable(dimension.dim_param()) : "?";
}

std::string onnx_type_text(int element_type) {
  if (!onnx::TensorProto::DataType_IsValid(element_type)) {
    return fmt::format("type {}", element_type);
  }
  std::string name = onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(element_type));
  for (char& c : name) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name == "float" ? "float32" : name == "double" ? "float64" : name;
}

ForeignEnd end_of(const onnx::ValueInfoProto& value) {
  ForeignEnd end{.name = printable(value.name()), .shape = {}, .type = "not a tensor"};
  if (!value.type().has_tensor_type()) {
    return end;
  }
  const auto& tensor = value.type().tensor_type();
  end.type = onnx_type_text(tensor.elem_type());
  for (const auto& dimension : tensor.shape().dim()) {
    end.shape.push_back(dimension_text(dimension));
  }
  return end;
}

void add_external_data(const onnx::TensorProto& tensor, std::set<std::string>& locations) {
  if (tensor.data_location() != onnx::TensorProto::EXTERNAL) {
    return;
  }
  for (const auto& entry : tensor.external_data()) {
    if (entry.key() == "location") {
      locations.insert(entry.value());
    }
  }
}

/// Walks a graph and the graphs inside its nodes (loops, branches), whose depth protobuf's parser has limited.
void walk(const onnx::GraphProto& graph, ForeignModel& model, std::set<std::string>& locations) {
  for (const auto& tensor : graph.initializer()) {
    add_external_data(tensor, locations);
  }
  for (const auto& node : graph.node()) {
    const std::string domain = node.domain().empty() || node.domain() == "ai.onnx" ? "" : node.domain() + ".";
    if (node.op_type() != "Constant") {
      model.ops[printable(domain + node.op_type())] += 1;
    }
    for (const auto& attribute : node.attribute()) {
      add_external_data(attribute.t(), locations);
      for (const auto& tensor : attribute.tensors()) {
        add_external_data(tensor, locations);
      }
      if (attribute.has_g()) {
        walk(attribute.g(), model, locations);
      }
      for (const auto& inner : attribute.graphs()) {
        walk(inner, model, locations);
      }
    }
  }
}

}  // namespace

ForeignModel read_onnx(std::span<const std::byte> data, std::string_view name) {
  onnx::ModelProto proto;
  if (!proto.ParseFromArray(data.data(), static_cast<int>(data.size())) || !proto.has_graph()) {
    throw Error(ErrorCode::kModel, "{}: not an ONNX model, or a damaged one", name);
  }
  ForeignModel model;
  model.format = "ONNX";
  model.producer = printable(proto.producer_name() + " " + proto.producer_version());
  for (const auto& opset : proto.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") {
      model.opset = opset.version();
    }
  }
  // Files of the first versions list every weight as an input too.
  std::set<std::string> weights;
  for (const auto& tensor : proto.graph().initializer()) {
    weights.insert(tensor.name());
  }
  for (const auto& input : proto.graph().input()) {
    if (!weights.contains(input.name())) {
      model.inputs.push_back(end_of(input));
    }
  }
  for (const auto& output : proto.graph().output()) {
    model.outputs.push_back(end_of(output));
  }
  std::set<std::string> locations;
  walk(proto.graph(), model, locations);
  for (const std::string& location : locations) {
    model.external_data.push_back({.location = location, .problem = {}});
  }
  return model;
}

}  // namespace qbench::models
