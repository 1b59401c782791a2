// SPDX-License-Identifier: Apache-2.0
// FULLY_CONNECTED with a scale for each unit as CONV_2D 1x1, whose kernels read them all.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "models/repair/workbench.h"

namespace qbench::models {
namespace {

constexpr std::size_t kBias = 2;
constexpr int kInt8ConvVersion = 3;
constexpr int kInt16ConvVersion = 4;
constexpr int kHybridConvVersion = 5;

/// A product that can be a convolution over `rows` images of 1x1.
struct Product {
  FullyConnectedOptions options;
  int data = kNoTensor;
  int weights = kNoTensor;
  int output = kNoTensor;
  int rows = 0;
  int depth = 0;
  int units = 0;
  int version = 0;  ///< of the CONV_2D
};

std::optional<int> conv_version(TensorType data) {
  if (data == TensorType::kInt8) return kInt8ConvVersion;
  if (data == TensorType::kInt16) return kInt16ConvVersion;
  if (data == TensorType::kFloat32) return kHybridConvVersion;
  return std::nullopt;
}

std::optional<Product> per_channel_product(const Graph& graph, const Operator& op) {
  const auto* options = std::get_if<FullyConnectedOptions>(&op.options);
  Product product{.data = input_of(op, 0), .weights = input_of(op, 1)};
  if (op.op != Op::kFullyConnected || options == nullptr || options->weights_format != 0 || product.data == kNoTensor ||
      product.weights == kNoTensor || op.outputs.size() != 1) {
    return std::nullopt;
  }
  product.options = *options;
  product.output = op.outputs[0];
  const Tensor& data = graph.tensors[static_cast<std::size_t>(product.data)];
  const Tensor& weights = graph.tensors[static_cast<std::size_t>(product.weights)];
  const std::optional<int> version = conv_version(data.type);
  const TensorQuantization& q = weights.quantization;
  if (!version || weights.type != TensorType::kInt8 || weights.shape.size() != 2 || !q.per_channel() || q.axis != 0 ||
      !is_constant(graph, product.weights)) {
    return std::nullopt;
  }
  product.version = *version;
  product.units = weights.shape[0];
  product.depth = weights.shape[1];
  const std::int64_t elements = element_count(data.shape);
  if (static_cast<int>(q.scales.size()) != product.units || product.depth < 1 || elements < 1 ||
      elements % product.depth != 0 || graph.tensors[static_cast<std::size_t>(product.output)].shape.empty()) {
    return std::nullopt;
  }
  const std::int64_t rows = elements / product.depth;
  if (rows > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
  product.rows = static_cast<int>(rows);
  return product;
}

/// Builds the three operators that take the place of one product.
class ProductSplitter {
 public:
  ProductSplitter(Graph& graph, const Operator& op, Product product)
      : graph_(graph), op_(op), product_(std::move(product)) {}

  std::vector<Operator> operators() {
    const int source = source_of(product_.data);
    const bool has_pixels =
        graph_.tensors[static_cast<std::size_t>(source)].shape == std::vector<int>{product_.rows, 1, 1, product_.depth};
    const int pixels = has_pixels ? source : add_activation(product_.data, product_.depth, "/pixels");
    const int scores = add_activation(product_.output, product_.units, "/1x1");
    std::vector<int> shape = graph_.tensors[static_cast<std::size_t>(product_.output)].shape;
    shape[0] = -1;
    std::vector<Operator> made;
    if (!has_pixels) made.push_back(reshape(source, pixels, {-1, 1, 1, product_.depth}));
    made.push_back(convolution(pixels, scores));
    made.push_back(reshape(scores, product_.output, shape));
    return made;
  }

 private:
  /// The data as they were before RESHAPEs, which XNNPACK does not take in int8.
  int source_of(int tensor) const {
    for (auto op = graph_.operators.rbegin(); op != graph_.operators.rend(); ++op) {
      if (op->op != Op::kReshape || op->outputs.size() != 1 || op->outputs[0] != tensor) continue;
      const int from = input_of(*op, 0);
      const auto& known = graph_.tensors;
      if (from == kNoTensor || is_constant(graph_, from) ||
          known[static_cast<std::size_t>(from)].type != known[static_cast<std::size_t>(tensor)].type ||
          known[static_cast<std::size_t>(from)].quantization != known[static_cast<std::size_t>(tensor)].quantization) {
        break;
      }
      tensor = from;
    }
    return tensor;
  }

  /// The tensor `like` as rows x 1 x 1 x channels.
  int add_activation(int like, int channels, const char* suffix) {
    Tensor tensor = graph_.tensors[static_cast<std::size_t>(like)];
    tensor.name = graph_.tensors[static_cast<std::size_t>(product_.output)].name + suffix;
    tensor.shape = {product_.rows, 1, 1, channels};
    tensor.shape_signature = {-1, 1, 1, channels};
    tensor.buffer = 0;
    tensor.is_variable = false;
    return add_tensor(graph_, std::move(tensor));
  }

  Operator reshape(int from, int to, const std::vector<int>& shape) {
    const std::string name = graph_.tensors[static_cast<std::size_t>(to)].name + "/shape";
    Operator op;
    op.op = Op::kReshape;
    op.inputs = {
        from,
        add_constant(graph_, {.name = name, .type = TensorType::kInt32, .shape = {static_cast<int>(shape.size())}},
                     bytes_of(std::vector<std::int32_t>(shape.begin(), shape.end())))};
    op.outputs = {to};
    op.options = ReshapeOptions{shape};
    return op;
  }

  Operator convolution(int from, int to) {
    const int weights = add_weights();
    Operator op;
    op.op = Op::kConv2D;
    op.version = product_.version;
    op.inputs = {from, weights, bias(weights)};
    op.outputs = {to};
    op.options = Conv2DOptions{
        .padding = Padding::kValid, .stride_w = 1, .stride_h = 1, .activation = product_.options.activation};
    return op;
  }

  int add_weights() {
    Tensor weights = graph_.tensors[static_cast<std::size_t>(product_.weights)];
    weights.shape = {product_.units, 1, 1, product_.depth};
    weights.shape_signature.clear();
    return add_tensor(graph_, std::move(weights));
  }

  int bias(int weights) {
    const int own = input_of(op_, kBias);
    if (own == kNoTensor) return add_zero_bias(graph_, product_.data, weights, product_.units);
    const Tensor& info = graph_.tensors[static_cast<std::size_t>(own)];
    const TensorQuantization wanted = bias_quantization(graph_.tensors[static_cast<std::size_t>(product_.data)],
                                                        graph_.tensors[static_cast<std::size_t>(weights)]);
    if (info.quantization.scales.size() == wanted.scales.size() || info.type == TensorType::kFloat32) return own;
    Tensor copy = info;  // kernels read the integers alone, but XNNPACK counts the scales
    copy.quantization = wanted;
    return add_tensor(graph_, std::move(copy));
  }

  Graph& graph_;
  const Operator op_;
  const Product product_;
};

}  // namespace

bool split_per_channel_products(Workbench& bench) {
  bool any = false;
  for (std::size_t i = 0; i < bench.graph.operators.size(); ++i) {
    std::optional<Product> product;
    try {
      product = per_channel_product(bench.graph, bench.graph.operators[i]);
    } catch (const Error&) {
      continue;  // a shape that makes no sense: validate() says so
    }
    if (!product) continue;
    const bool hybrid = product->version == kHybridConvVersion;
    bench.note(
        i, "a scale for each of {} units, of which the 2.9 runtime reads one: made RESHAPE, CONV_2D 1x1, RESHAPE{}",
        product->units,
        hybrid && !product->options.asymmetric_quantize_inputs ? " (its data are now quantized with a zero point)"
                                                               : "");
    std::vector<Operator> operators = ProductSplitter(bench.graph, bench.graph.operators[i], *product).operators();
    const std::size_t made = operators.size();
    bench.replace(i, std::move(operators));
    i += made - 1;
    any = true;
  }
  return any;
}

}  // namespace qbench::models
