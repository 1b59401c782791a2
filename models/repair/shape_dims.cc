// SPDX-License-Identifier: Apache-2.0
// How the dimensions of activations follow from each other for every batch size.
#include <algorithm>
#include <optional>

#include "models/repair/shape_values.h"

namespace qbench::models {
namespace {

constexpr ShapeValue kOne{1, false};

bool keeps_dims(Op op) {
  switch (op) {
    case Op::kRelu:
    case Op::kRelu6:
    case Op::kReluN1To1:
    case Op::kLogistic:
    case Op::kTanh:
    case Op::kElu:
    case Op::kHardSwish:
    case Op::kGelu:
    case Op::kAbs:
    case Op::kRsqrt:
    case Op::kSqrt:
    case Op::kExp:
    case Op::kNeg:
    case Op::kSquare:
    case Op::kLeakyRelu:
    case Op::kPrelu:
    case Op::kSoftmax:
    case Op::kLogSoftmax:
    case Op::kQuantize:
    case Op::kDequantize:
    case Op::kCast:
    case Op::kFakeQuant:
    case Op::kL2Normalization:
    case Op::kLocalResponseNormalization:
      return true;
    default:
      return false;
  }
}

std::optional<std::size_t> resolved(std::int64_t axis, std::size_t rank) {
  if (axis < 0) axis += static_cast<std::int64_t>(rank);
  if (axis < 0 || axis >= static_cast<std::int64_t>(rank)) return std::nullopt;
  return static_cast<std::size_t>(axis);
}

std::optional<ShapeValue> larger(const ShapeValue& a, const ShapeValue& b) {
  if (a == b || b == kOne) return a;
  if (a == kOne) return b;
  return std::nullopt;
}

}  // namespace

std::optional<ShapeValues> ShapeValuesTracer::dims_of_input(const Operator& op, std::size_t position) const {
  const int tensor = input_of(op, position);
  return tensor == kNoTensor ? std::nullopt : dims_[static_cast<std::size_t>(tensor)];
}

std::optional<ShapeValues> ShapeValuesTracer::computed_dims(const Operator& op) const {
  if (keeps_dims(op.op)) return dims_of_input(op, 0);
  switch (op.op) {
    case Op::kConv2D:
    case Op::kDepthwiseConv2D:
    case Op::kAveragePool2D:
    case Op::kMaxPool2D:
    case Op::kResizeBilinear:
    case Op::kResizeNearestNeighbor:
    case Op::kSpaceToDepth:
    case Op::kDepthToSpace:
      return windowed_dims(op);
    case Op::kAdd:
    case Op::kSub:
    case Op::kMul:
    case Op::kDiv:
    case Op::kMaximum:
    case Op::kMinimum:
    case Op::kSquaredDifference:
      return broadcast_dims(op);
    case Op::kFullyConnected:
      return product_dims(op);
    case Op::kMean:
    case Op::kSum:
    case Op::kReduceMax:
    case Op::kReduceMin:
      return reduced_dims(op);
    case Op::kReshape:
      return reshaped_dims(op);
    case Op::kPad:
    case Op::kPadV2:
    case Op::kMirrorPad:
      return padded_dims(op);
    case Op::kConcatenation:
      return concatenated_dims(op);
    case Op::kTranspose:
      return transposed_dims(op);
    case Op::kExpandDims:
      return expanded_dims(op);
    default:
      return std::nullopt;
  }
}

// The kernels of these compute each image alone; what the file declares of the other sides, validate() recomputes.
std::optional<ShapeValues> ShapeValuesTracer::windowed_dims(const Operator& op) const {
  const std::optional<ShapeValues> data = dims_of_input(op, 0);
  const Tensor& result = graph_.tensors[static_cast<std::size_t>(op.outputs[0])];
  if (!data || data->size() != 4 || result.shape.size() != 4) return std::nullopt;
  ShapeValues dims{data->front()};
  for (std::size_t i = 1; i < result.shape.size(); ++i) {
    if (i < result.shape_signature.size() && result.shape_signature[i] == -1) return std::nullopt;
    dims.push_back({result.shape[i], false});
  }
  return dims;
}

std::optional<ShapeValues> ShapeValuesTracer::broadcast_dims(const Operator& op) const {
  std::optional<ShapeValues> a = dims_of_input(op, 0);
  std::optional<ShapeValues> b = dims_of_input(op, 1);
  if (!a || !b) return std::nullopt;
  const std::size_t rank = std::max(a->size(), b->size());
  a->insert(a->begin(), rank - a->size(), kOne);
  b->insert(b->begin(), rank - b->size(), kOne);
  ShapeValues dims;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::optional<ShapeValue> side = larger((*a)[i], (*b)[i]);
    if (!side) return std::nullopt;
    dims.push_back(*side);
  }
  return dims;
}

std::optional<ShapeValues> ShapeValuesTracer::product_dims(const Operator& op) const {
  const auto* options = std::get_if<FullyConnectedOptions>(&op.options);
  std::optional<ShapeValues> data = dims_of_input(op, 0);
  const int weights = input_of(op, 1);
  if (options == nullptr || !data || data->empty() || weights == kNoTensor) return std::nullopt;
  const std::vector<int>& shape = graph_.tensors[static_cast<std::size_t>(weights)].shape;
  if (shape.size() != 2 || shape[1] < 1) return std::nullopt;
  if (options->keep_num_dims) {
    data->back() = {shape[0], false};
    return data;
  }
  const std::optional<ShapeValue> elements = product(*data);
  if (!elements || elements->factor % shape[1] != 0) return std::nullopt;
  return ShapeValues{{elements->factor / shape[1], elements->times_batch}, {shape[0], false}};
}

std::optional<ShapeValues> ShapeValuesTracer::reduced_dims(const Operator& op) const {
  const auto* options = std::get_if<ReducerOptions>(&op.options);
  const std::optional<ShapeValues> data = dims_of_input(op, 0);
  const auto axes = constants(op, 1);
  if (options == nullptr || !data || !axes) return std::nullopt;
  std::vector<bool> gone(data->size(), false);
  for (std::int64_t axis : *axes) {
    const std::optional<std::size_t> at = resolved(axis, data->size());
    if (!at) return std::nullopt;
    gone[*at] = true;
  }
  ShapeValues dims;
  for (std::size_t i = 0; i < data->size(); ++i) {
    if (!gone[i]) dims.push_back((*data)[i]);
    if (gone[i] && options->keep_dims) dims.push_back(kOne);
  }
  return dims;
}

std::optional<ShapeValues> ShapeValuesTracer::reshaped_dims(const Operator& op) const {
  const std::optional<ShapeValues> data = dims_of_input(op, 0);
  std::optional<ShapeValues> target;
  if (input_of(op, 1) != kNoTensor) {
    target = values(input_of(op, 1));
  } else if (const auto* options = std::get_if<ReshapeOptions>(&op.options)) {
    target.emplace();
    for (int side : options->new_shape) target->push_back({side, false});
  }
  if (!target) return std::nullopt;
  return resolved_target(std::move(*target), data ? product(*data) : std::nullopt);
}

std::optional<ShapeValues> ShapeValuesTracer::padded_dims(const Operator& op) const {
  std::optional<ShapeValues> dims = dims_of_input(op, 0);
  const auto paddings = constants(op, 1);
  if (!dims || !paddings || paddings->size() != 2 * dims->size()) return std::nullopt;
  for (std::size_t i = 0; i < dims->size(); ++i) {
    const std::int64_t added = (*paddings)[2 * i] + (*paddings)[2 * i + 1];
    if (added != 0 && (*dims)[i].times_batch) return std::nullopt;
    (*dims)[i].factor += added;
  }
  return dims;
}

std::optional<ShapeValues> ShapeValuesTracer::concatenated_dims(const Operator& op) const {
  const auto* options = std::get_if<ConcatenationOptions>(&op.options);
  std::optional<ShapeValues> dims = dims_of_input(op, 0);
  const std::optional<std::size_t> axis = options && dims ? resolved(options->axis, dims->size()) : std::nullopt;
  if (!axis) return std::nullopt;
  for (std::size_t i = 1; i < op.inputs.size(); ++i) {
    const std::optional<ShapeValues> more = dims_of_input(op, i);
    if (!more || more->size() != dims->size() || (*more)[*axis].times_batch != (*dims)[*axis].times_batch) {
      return std::nullopt;
    }
    (*dims)[*axis].factor += (*more)[*axis].factor;
  }
  return dims;
}

std::optional<ShapeValues> ShapeValuesTracer::transposed_dims(const Operator& op) const {
  const std::optional<ShapeValues> data = dims_of_input(op, 0);
  const auto order = constants(op, 1);
  if (!data || !order || order->size() != data->size()) return std::nullopt;
  ShapeValues dims;
  for (std::int64_t axis : *order) {
    const std::optional<std::size_t> from = resolved(axis, data->size());
    if (!from) return std::nullopt;
    dims.push_back((*data)[*from]);
  }
  return dims;
}

std::optional<ShapeValues> ShapeValuesTracer::expanded_dims(const Operator& op) const {
  std::optional<ShapeValues> dims = dims_of_input(op, 0);
  const auto axis = constants(op, 1);
  const std::optional<std::size_t> at =
      dims && axis && axis->size() == 1 ? resolved((*axis)[0], dims->size() + 1) : std::nullopt;
  if (!at) return std::nullopt;
  dims->insert(dims->begin() + static_cast<std::ptrdiff_t>(*at), kOne);
  return dims;
}

std::optional<ShapeValues> ShapeValuesTracer::declared_dims(int tensor) const {
  const Tensor& info = graph_.tensors[static_cast<std::size_t>(tensor)];
  const std::vector<int>& signature = info.shape_signature;
  const std::vector<int>& input = graph_.tensors[static_cast<std::size_t>(graph_.inputs[0])].shape;
  if (signature.empty() || signature[0] != -1 || signature.size() != info.shape.size() || input.empty() ||
      input[0] < 1 || info.shape[0] < input[0] || info.shape[0] % input[0] != 0) {
    return std::nullopt;
  }
  ShapeValues dims{{info.shape[0] / input[0], true}};
  for (std::size_t i = 1; i < signature.size(); ++i) {
    if (signature[i] < 1 || signature[i] != info.shape[i]) return std::nullopt;
    dims.push_back({signature[i], false});
  }
  return dims;
}

}  // namespace qbench::models
