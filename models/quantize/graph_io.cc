// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/graph_io.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "models/op_check.h"
#include "models/quantize/conversions.h"
#include "models/quantize/drop_unused.h"

namespace qbench::models {
namespace {

TensorType outer_type(GraphIo io) {
  switch (io) {
    case GraphIo::kInt8:
      return TensorType::kInt8;
    case GraphIo::kUint8:
      return TensorType::kUint8;
    default:
      return TensorType::kFloat32;
  }
}

TensorQuantization outer_quantization(TensorType type, const AffineParams& int8_params) {
  if (type == TensorType::kFloat32) {
    return {};
  }
  return to_quantization(type == TensorType::kUint8 ? as_uint8(int8_params) : int8_params);
}

class IoChanger {
 public:
  IoChanger(const Graph& graph, GraphIo io) : graph_(graph), type_(outer_type(io)) {}

  Graph run(const std::vector<AffineParams>& input_params, const std::vector<AffineParams>& output_params) {
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      change_input(i, input_params.at(i));
    }
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      change_output(i, output_params.at(i));
    }
    graph_.operators.insert(graph_.operators.begin(), front_.begin(), front_.end());
    return drop_unused(graph_);
  }

 private:
  Tensor& at(int tensor) { return graph_.tensors[static_cast<std::size_t>(tensor)]; }

  /// A tensor of the outer type beside `inner`, which gives its name away.
  int add_outer(int inner, const AffineParams& params) {
    Tensor outer = at(inner);
    outer.type = type_;
    outer.quantization = at(inner).type == TensorType::kInt8 && type_ != TensorType::kFloat32
                             ? outer_quantization(type_, inner_params(inner))
                             : outer_quantization(type_, params);
    at(inner).name += "_" + type_name(at(inner).type);
    const int index = add_tensor(graph_, std::move(outer));
    for (Signature& signature : graph_.signatures) {
      for (auto* entries : {&signature.inputs, &signature.outputs}) {
        for (SignatureEntry& entry : *entries) {
          entry.tensor = entry.tensor == inner ? index : entry.tensor;
        }
      }
    }
    return index;
  }

  AffineParams inner_params(int tensor) {
    const TensorQuantization& quantization = at(tensor).quantization;
    return {quantization.scales.at(0), static_cast<int>(quantization.zero_points.at(0))};
  }

  int add_step(int like, TensorType type, TensorQuantization quantization) {
    Tensor step = at(like);
    step.name += "_" + type_name(type);
    step.type = type;
    step.quantization = std::move(quantization);
    return add_tensor(graph_, std::move(step));
  }

  void change_input(std::size_t i, const AffineParams& params) {
    const int inner = graph_.inputs[i];
    if (at(inner).type == type_) {
      return;
    }
    const int outer = add_outer(inner, params);
    graph_.inputs[i] = outer;
    if (type_ == TensorType::kFloat32) {
      front_.push_back(make_quantize(graph_, outer, inner));
      bypass_dequantize(inner, outer);
    } else if (at(inner).type == TensorType::kFloat32) {
      front_.push_back(make_dequantize(graph_, outer, inner));
    } else if (at(inner).type == TensorType::kInt16) {
      // No kernel converts eight bits to sixteen, so the way goes through float.
      const int step = add_step(outer, TensorType::kFloat32, {});
      front_.push_back(make_dequantize(graph_, outer, step));
      front_.push_back(make_quantize(graph_, step, inner));
    } else {
      front_.push_back(make_quantize(graph_, outer, inner));
    }
  }

  /// Float operators that read a float input need no detour over integers.
  void bypass_dequantize(int inner, int outer) {
    std::vector<std::pair<int, int>> replaced;
    for (const Operator& op : graph_.operators) {
      if (op.op == Op::kDequantize && op.inputs[0] == inner) {
        replaced.emplace_back(op.outputs[0], outer);
      }
    }
    for (const auto& [from, to] : replaced) {
      for (Operator& op : graph_.operators) {
        std::replace(op.inputs.begin(), op.inputs.end(), from, to);
      }
      std::replace(graph_.outputs.begin(), graph_.outputs.end(), from, to);
    }
  }

  void change_output(std::size_t i, const AffineParams& params) {
    const int inner = graph_.outputs[i];
    const TensorType inside = at(inner).type;
    const bool is_value = inside == TensorType::kFloat32 || is_quantized_type(inside);
    if (inside == type_ || !is_value) {
      return;
    }
    const int outer = add_outer(inner, params);
    graph_.outputs[i] = outer;
    int from = inner;
    if (type_ == TensorType::kFloat32) {
      graph_.operators.push_back(make_dequantize(graph_, from, outer));
      return;
    }
    if (inside == TensorType::kInt16 && type_ == TensorType::kUint8) {
      // No kernel goes from int16 to uint8 in one step.
      from = add_step(outer, TensorType::kInt8, to_quantization(params));
      graph_.operators.push_back(make_quantize(graph_, inner, from));
    }
    graph_.operators.push_back(make_quantize(graph_, from, outer));
  }

  Graph graph_;
  TensorType type_;
  std::vector<Operator> front_;
};

}  // namespace

Graph with_io(const Graph& graph, GraphIo io, const std::vector<AffineParams>& input_params,
              const std::vector<AffineParams>& output_params) {
  return io == GraphIo::kInternal ? drop_unused(graph) : IoChanger(graph, io).run(input_params, output_params);
}

}  // namespace qbench::models
