// SPDX-License-Identifier: Apache-2.0
#include "models/repair/shape_values.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/error.h"

namespace qbench::models {
namespace {

constexpr std::size_t kMostValues = 64;
constexpr std::int64_t kLargestFactor = std::int64_t{1} << 31;

bool is_index_type(TensorType type) { return type == TensorType::kInt32 || type == TensorType::kInt64; }

std::optional<ShapeValue> times(const ShapeValue& a, const ShapeValue& b) {
  if (a.times_batch && b.times_batch) return std::nullopt;
  if (std::abs(a.factor) > kLargestFactor || std::abs(b.factor) > kLargestFactor) return std::nullopt;
  const std::int64_t factor = a.factor * b.factor;
  if (std::abs(factor) > kLargestFactor) return std::nullopt;
  return ShapeValue{factor, (a.times_batch || b.times_batch) && factor != 0};
}

bool all_fixed(const std::optional<ShapeValues>& values) { return values && !any_batch(*values); }

/// A position that may count from the end, moved into [0, size].
std::int64_t clamped(std::int64_t position, std::int64_t size) {
  return std::clamp<std::int64_t>(position < 0 ? position + size : position, 0, size);
}

}  // namespace

std::optional<ShapeValue> product(const ShapeValues& values) {
  std::optional<ShapeValue> result = ShapeValue{1, false};
  for (const ShapeValue& value : values) {
    result = times(*result, value);
    if (!result) return std::nullopt;
  }
  return result;
}

bool any_batch(const ShapeValues& values) {
  return std::any_of(values.begin(), values.end(), [](const ShapeValue& value) { return value.times_batch; });
}

std::optional<ShapeValues> resolved_target(ShapeValues target, const std::optional<ShapeValue>& elements) {
  const auto free = std::find(target.begin(), target.end(), kFree);
  if (free == target.end()) return target;
  *free = {1, false};
  const std::optional<ShapeValue> known = product(target);
  const bool divides = known && elements && known->factor > 0 && elements->factor > 0 &&
                       elements->factor % known->factor == 0 && (elements->times_batch || !known->times_batch);
  if (!divides) return std::nullopt;
  *free = {elements->factor / known->factor, elements->times_batch && !known->times_batch};
  return target;
}

ShapeValuesTracer::ShapeValuesTracer(const Graph& graph)
    : graph_(graph), dims_(graph.tensors.size()), values_(graph.tensors.size()) {
  for (std::size_t i = 0; i < graph.tensors.size(); ++i) {
    if (!is_constant(graph, static_cast<int>(i))) continue;
    ShapeValues dims;
    for (int side : graph.tensors[i].shape) dims.push_back({side, false});
    dims_[i] = std::move(dims);
  }
  for (int input : graph.inputs) {
    const std::vector<int>& shape = graph.tensors[static_cast<std::size_t>(input)].shape;
    if (shape.empty()) continue;
    ShapeValues dims{{1, true}};
    for (std::size_t i = 1; i < shape.size(); ++i) dims.push_back({shape[i], false});
    dims_[static_cast<std::size_t>(input)] = std::move(dims);
  }
}

void ShapeValuesTracer::follow(const Operator& op) {
  for (int tensor : op.outputs) {
    const auto output = static_cast<std::size_t>(tensor);
    values_[output].reset();
    dims_[output] = declared_dims(tensor);
    if (op.outputs.size() != 1) continue;
    try {
      if (std::optional<ShapeValues> dims = computed_dims(op)) dims_[output] = std::move(dims);
      if (is_index_type(graph_.tensors[output].type)) values_[output] = computed_values(op);
    } catch (const Error&) {
      continue;  // a constant of the wrong size
    }
    if (values_[output] && values_[output]->size() > kMostValues) values_[output].reset();
  }
}

std::optional<ShapeValues> ShapeValuesTracer::values(int tensor) const {
  if (tensor == kNoTensor) return std::nullopt;
  const Tensor& info = graph_.tensors[static_cast<std::size_t>(tensor)];
  const std::size_t bytes = constant_bytes(graph_, tensor).size();
  if (bytes == 0) return values_[static_cast<std::size_t>(tensor)];
  if (!is_index_type(info.type) || bytes > kMostValues * type_bytes(info.type)) return std::nullopt;
  ShapeValues values;
  for (std::int64_t value : constant_ints(graph_, tensor)) values.push_back({value, false});
  return values;
}

std::optional<std::vector<std::int64_t>> ShapeValuesTracer::constants(const Operator& op, std::size_t position) const {
  const std::optional<ShapeValues> known = values(input_of(op, position));
  if (!all_fixed(known)) return std::nullopt;
  std::vector<std::int64_t> plain;
  for (const ShapeValue& value : *known) plain.push_back(value.factor);
  return plain;
}

std::optional<ShapeValues> ShapeValuesTracer::computed_values(const Operator& op) const {
  switch (op.op) {
    case Op::kShape:
      return dims_of_input(op, 0);
    case Op::kPack:
    case Op::kConcatenation:
      return joined(op);
    case Op::kGather:
      return gathered(op);
    case Op::kSlice:
      return sliced(op);
    case Op::kStridedSlice:
      return strided(op);
    case Op::kReduceProd: {
      const std::optional<ShapeValues> all = values(input_of(op, 0));
      const std::optional<ShapeValue> result = all ? product(*all) : std::nullopt;
      return result ? std::optional(ShapeValues{*result}) : std::nullopt;
    }
    case Op::kMul:
      return multiplied(op);
    case Op::kAdd:
    case Op::kSub:
      return summed(op);
    case Op::kCast:
    case Op::kReshape:
    case Op::kSqueeze:
    case Op::kExpandDims:
      return values(input_of(op, 0));
    default:
      return std::nullopt;
  }
}

std::optional<ShapeValues> ShapeValuesTracer::joined(const Operator& op) const {
  ShapeValues all;
  for (int input : op.inputs) {
    const std::optional<ShapeValues> part = values(input);
    // Of vectors and scalars, whose order does not depend on the axis.
    if (!part || graph_.tensors[static_cast<std::size_t>(input)].shape.size() > (op.op == Op::kPack ? 0U : 1U)) {
      return std::nullopt;
    }
    all.insert(all.end(), part->begin(), part->end());
  }
  return all;
}

std::optional<ShapeValues> ShapeValuesTracer::gathered(const Operator& op) const {
  const std::optional<ShapeValues> all = values(input_of(op, 0));
  const auto indices = constants(op, 1);
  if (!all || !indices || graph_.tensors[static_cast<std::size_t>(op.inputs[0])].shape.size() != 1) return std::nullopt;
  ShapeValues taken;
  for (std::int64_t index : *indices) {
    if (index < 0 || index >= std::ssize(*all)) return std::nullopt;
    taken.push_back((*all)[static_cast<std::size_t>(index)]);
  }
  return taken;
}

std::optional<ShapeValues> ShapeValuesTracer::sliced(const Operator& op) const {
  const std::optional<ShapeValues> all = values(input_of(op, 0));
  const auto begin = constants(op, 1);
  const auto size = constants(op, 2);
  if (!all || !begin || !size || begin->size() != 1 || size->size() != 1) return std::nullopt;
  const auto count = std::ssize(*all);
  const std::int64_t from = (*begin)[0];
  if (from < 0 || from > count || (*size)[0] < -1) return std::nullopt;
  const std::int64_t taken = (*size)[0] == -1 ? count - from : (*size)[0];
  if (taken > count - from) return std::nullopt;
  return ShapeValues(all->begin() + from, all->begin() + from + taken);
}

std::optional<ShapeValues> ShapeValuesTracer::strided(const Operator& op) const {
  const auto* options = std::get_if<StridedSliceOptions>(&op.options);
  const std::optional<ShapeValues> all = values(input_of(op, 0));
  const auto begin = constants(op, 1);
  const auto end = constants(op, 2);
  const auto stride = constants(op, 3);
  if (options == nullptr || !all || !begin || !end || !stride || begin->size() != 1 || end->size() != 1 ||
      stride->size() != 1 || (*stride)[0] < 1 || options->ellipsis_mask != 0 || options->new_axis_mask != 0) {
    return std::nullopt;
  }
  const auto count = std::ssize(*all);
  const std::int64_t first = (options->begin_mask & 1) != 0 ? 0 : clamped((*begin)[0], count);
  if ((options->shrink_axis_mask & 1) != 0) {
    if (first >= count) return std::nullopt;
    return ShapeValues{(*all)[static_cast<std::size_t>(first)]};
  }
  const std::int64_t last = (options->end_mask & 1) != 0 ? count : clamped((*end)[0], count);
  ShapeValues taken;
  for (std::int64_t i = first; i < last; i += (*stride)[0]) taken.push_back((*all)[static_cast<std::size_t>(i)]);
  return taken;
}

std::optional<ShapeValues> ShapeValuesTracer::multiplied(const Operator& op) const {
  const std::optional<ShapeValues> a = values(input_of(op, 0));
  const std::optional<ShapeValues> b = values(input_of(op, 1));
  if (!a || !b || a->empty() || b->empty() || fused_activation(op.options) != Activation::kNone) return std::nullopt;
  if (a->size() != b->size() && a->size() != 1 && b->size() != 1) return std::nullopt;
  ShapeValues result;
  for (std::size_t i = 0; i < std::max(a->size(), b->size()); ++i) {
    const std::optional<ShapeValue> each = times((*a)[i % a->size()], (*b)[i % b->size()]);
    if (!each) return std::nullopt;
    result.push_back(*each);
  }
  return result;
}

std::optional<ShapeValues> ShapeValuesTracer::summed(const Operator& op) const {
  const auto a = constants(op, 0);
  const auto b = constants(op, 1);
  if (!a || !b || a->empty() || b->empty() || fused_activation(op.options) != Activation::kNone) return std::nullopt;
  if (a->size() != b->size() && a->size() != 1 && b->size() != 1) return std::nullopt;
  ShapeValues result;
  for (std::size_t i = 0; i < std::max(a->size(), b->size()); ++i) {
    const std::int64_t left = (*a)[i % a->size()];
    const std::int64_t right = (*b)[i % b->size()];
    if (std::abs(left) > kLargestFactor || std::abs(right) > kLargestFactor) return std::nullopt;
    result.push_back({op.op == Op::kAdd ? left + right : left - right, false});
  }
  return result;
}

}  // namespace qbench::models
