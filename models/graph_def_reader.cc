// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "core/error.h"
#include "core/printable.h"
#include "graph_def.pb.h"
#include "models/foreign_readers.h"

namespace qbench::models {
namespace {

constexpr std::array<std::string_view, 5> kNotComputing = {"Const", "Placeholder", "NoOp", "Assert", "Identity"};

std::string graph_def_type_text(int number) {
  struct Row {
    int number;
    std::string_view name;
  };
  constexpr std::array<Row, 9> kRows = {{{1, "float32"},
                                         {2, "float64"},
                                         {3, "int32"},
                                         {4, "uint8"},
                                         {5, "int16"},
                                         {6, "int8"},
                                         {9, "int64"},
                                         {10, "bool"},
                                         {19, "float16"}}};
  const auto* row = std::find_if(kRows.begin(), kRows.end(), [number](const Row& r) { return r.number == number; });
  return row != kRows.end() ? std::string(row->name) : number == 0 ? "" : fmt::format("type {}", number);
}

ForeignEnd end_of(const graph_def::Node& node) {
  ForeignEnd end{.name = printable(node.name()), .shape = {}, .type = {}};
  for (const char* key : {"dtype", "T"}) {
    const auto type = node.attr().find(key);
    if (end.type.empty() && type != node.attr().end()) {
      end.type = graph_def_type_text(type->second.type());
    }
  }
  const auto shape = node.attr().find("shape");
  if (shape != node.attr().end()) {
    for (const auto& dimension : shape->second.shape().dim()) {
      end.shape.push_back(dimension.size() < 0 ? "?" : fmt::format("{}", dimension.size()));
    }
  }
  return end;
}

/// "^name", "name:1" and "name" all refer to node "name".
std::string producer_of(std::string input) {
  if (!input.empty() && input[0] == '^') {
    input.erase(0, 1);
  }
  return input.substr(0, input.find(':'));
}

}  // namespace

ForeignModel read_graph_def(std::span<const std::byte> data, std::string_view name) {
  graph_def::Graph graph;
  const bool parsed = graph.ParseFromArray(data.data(), static_cast<int>(data.size()));
  const bool named = std::any_of(graph.node().begin(), graph.node().end(),
                                 [](const auto& node) { return !node.name().empty() && !node.op().empty(); });
  if (!parsed || !named) {
    throw Error(ErrorCode::kModel, "{}: not a frozen TensorFlow graph, or a damaged one", name);
  }
  ForeignModel model;
  model.format = "TensorFlow GraphDef";
  if (graph.versions().producer() > 0) {
    model.producer = fmt::format("GraphDef version {}", graph.versions().producer());
  }
  std::set<std::string> consumed;
  for (const auto& node : graph.node()) {
    for (const auto& input : node.input()) {
      consumed.insert(producer_of(input));
    }
  }
  for (const auto& node : graph.node()) {
    const bool computes = std::find(kNotComputing.begin(), kNotComputing.end(), node.op()) == kNotComputing.end();
    if (node.op() == "Placeholder") {
      model.inputs.push_back(end_of(node));
    } else if ((computes || node.op() == "Identity") && !consumed.contains(node.name())) {
      model.outputs.push_back(end_of(node));
    }
    if (computes) {
      model.ops[printable(node.op())] += 1;
    }
  }
  return model;
}

}  // namespace qbench::models
