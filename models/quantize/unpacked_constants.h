// SPDX-License-Identifier: Apache-2.0
// Internal to models/quantize: constants in a smaller type, each with a DEQUANTIZE that gives the float values back.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// Collects the DEQUANTIZE operators while a graph's operators are rewritten; insert() puts them in front.
class UnpackedConstants {
 public:
  /// `graph` is borrowed.
  UnpackedConstants(Graph& graph, int dequantize_version) : graph_(graph), version_(dequantize_version) {}

  /// The float tensor that stands for constant `constant`. `make_packed` adds the packed constant and returns its
  /// index; it is called once for each (constant, variety).
  int of(int constant, int variety, const std::function<int()>& make_packed) {
    const auto [entry, is_new] = unpacked_.try_emplace({constant, variety}, kNoTensor);
    if (is_new) {
      const int packed = make_packed();
      Tensor tensor;
      tensor.name = graph_.tensors[static_cast<std::size_t>(constant)].name;
      tensor.shape = graph_.tensors[static_cast<std::size_t>(constant)].shape;
      entry->second = add_tensor(graph_, std::move(tensor));
      Operator op;
      op.op = Op::kDequantize;
      op.version = version_;
      op.inputs = {packed};
      op.outputs = {entry->second};
      operators_.push_back(std::move(op));
    }
    return entry->second;
  }

  void insert() { graph_.operators.insert(graph_.operators.begin(), operators_.begin(), operators_.end()); }

 private:
  Graph& graph_;
  int version_;
  std::map<std::pair<int, int>, int> unpacked_;
  std::vector<Operator> operators_;
};

}  // namespace qbench::models
