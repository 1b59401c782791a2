// SPDX-License-Identifier: Apache-2.0
#include "models/dot.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/error.h"
#include "models/op_cost.h"

namespace qbench::models {
namespace {

using Out = std::back_insert_iterator<std::string>;

std::string escaped(std::string_view text) {
  std::string result;
  for (char c : printable_name(text)) {
    if (c == '"' || c == '\\') {
      result += '\\';
    }
    result += c;
  }
  return result;
}

std::string tensor_label(const Tensor& tensor) {
  std::string label =
      fmt::format("{} {}", tensor.shape.empty() ? "scalar" : shape_text(tensor.shape), type_name(tensor.type));
  const TensorQuantization& quantization = tensor.quantization;
  if (quantization.per_channel()) {
    label += fmt::format("\\n{} scales along {}", quantization.scales.size(), quantization.axis);
  } else if (quantization.is_quantized()) {
    const std::int64_t zero_point = quantization.zero_points.empty() ? 0 : quantization.zero_points[0];
    label += fmt::format("\\n{:.6g} (q - {})", quantization.scales[0], zero_point);
  }
  return label;
}

std::string_view activation_name(Activation activation) {
  constexpr std::array<std::string_view, 6> kNames = {"", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT"};
  const auto number = static_cast<int>(activation);
  return number >= 0 && number < static_cast<int>(kNames.size()) ? kNames[static_cast<std::size_t>(number)] : "?";
}

std::string option_label(const Operator& op) {
  std::string label = std::visit(
      [](const auto& options) -> std::string {
        std::string text;
        if constexpr (requires { options.filter_w; }) {
          text += fmt::format("{}x{} ", options.filter_h, options.filter_w);
        }
        if constexpr (requires { options.stride_w; }) {
          text += fmt::format("stride {}x{} ", options.stride_h, options.stride_w);
        }
        if constexpr (requires { options.dilation_w; }) {
          if (options.dilation_w != 1 || options.dilation_h != 1) {
            text += fmt::format("dilation {}x{} ", options.dilation_h, options.dilation_w);
          }
        }
        if constexpr (requires { options.padding; }) {
          text += options.padding == Padding::kSame ? "same " : "valid ";
        }
        if constexpr (requires { options.axis; }) {
          text += fmt::format("axis {} ", options.axis);
        }
        return text;
      },
      op.options);
  label += activation_name(fused_activation(op.options));
  return label;
}

class Drawing {
 public:
  explicit Drawing(const Graph& graph) : graph_(graph), index_(graph) {}

  std::string draw(std::string_view title) {
    fmt::format_to(out(), "digraph model {{\n  label=\"{}\";\n  node [shape=box, fontname=\"sans-serif\"];\n",
                   escaped(title));
    fmt::format_to(out(), "  edge [fontname=\"sans-serif\", fontsize=10];\n");
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      draw_end("in", i, graph_.inputs[i]);
    }
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      draw_operator(i);
    }
    for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
      draw_end("out", i, graph_.outputs[i]);
      draw_edge(graph_.outputs[i], fmt::format("out{}", i));
    }
    text_ += "}\n";
    return text_;
  }

 private:
  Out out() { return std::back_inserter(text_); }
  const Tensor& tensor(int index) const { return graph_.tensors[static_cast<std::size_t>(index)]; }

  void draw_end(std::string_view kind, std::size_t position, int index) {
    fmt::format_to(out(), "  {}{} [shape=ellipse, label=\"{}\"];\n", kind, position, escaped(tensor(index).name));
  }

  void draw_operator(std::size_t position) {
    const Operator& op = graph_.operators[position];
    std::string label = op_name(op.op);
    if (op.op == Op::kCustom) {
      label += fmt::format(" {}", escaped(op.custom_code));
    }
    const std::string options = option_label(op);
    if (!options.empty()) {
      label += "\\n" + options;
    }
    const std::int64_t macs = macs_of(op);
    if (macs > 0) {
      label += fmt::format("\\n{} MACs", macs);
    }
    for (int input : op.inputs) {
      if (is_constant(graph_, input)) {
        label += fmt::format("\\n+ {} {}", tensor(input).shape.empty() ? "scalar" : shape_text(tensor(input).shape),
                             type_name(tensor(input).type));
      }
    }
    fmt::format_to(out(), "  op{} [label=\"{}\"];\n", position, label);
    for (int input : op.inputs) {
      if (input != kNoTensor && !is_constant(graph_, input)) {
        draw_edge(input, fmt::format("op{}", position));
      }
    }
  }

  // Shapes of a damaged file may be anything.
  std::int64_t macs_of(const Operator& op) const {
    try {
      return multiply_accumulates(graph_, op);
    } catch (const Error&) {
      return 0;
    }
  }

  void draw_edge(int from, const std::string& to) {
    const int producer = index_.producer[static_cast<std::size_t>(from)];
    std::string source = fmt::format("op{}", producer);
    for (std::size_t i = 0; producer < 0 && i < graph_.inputs.size(); ++i) {
      if (graph_.inputs[i] == from) {
        source = fmt::format("in{}", i);
      }
    }
    if (source == "op-1") {
      return;  // read but never made: the validator's business
    }
    fmt::format_to(out(), "  {} -> {} [label=\"{}\"];\n", source, to, tensor_label(tensor(from)));
  }

  const Graph& graph_;
  GraphIndex index_;
  std::string text_;
};

}  // namespace

std::string to_dot(const Graph& graph, std::string_view title) { return Drawing(graph).draw(title); }

}  // namespace qbench::models
