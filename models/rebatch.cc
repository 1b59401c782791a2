// SPDX-License-Identifier: Apache-2.0
#include "models/rebatch.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/error.h"

namespace qbench::models {
namespace {

constexpr std::size_t kShapeOperandOfReshape = 1;

/// Rewrites one graph for one batch size.
class Rebatcher {
 public:
  Rebatcher(const Graph& graph, int batch) : result_{graph, {}, {}}, batch_(batch), follows_batch_(batch_tensors()) {}

  Rebatched run() {
    for (std::size_t i = 0; i < result_.graph.operators.size(); ++i) {
      rewrite(i);
    }
    return std::move(result_);
  }

 private:
  /// Activations computed from the graph's inputs; the others do not change with the batch.
  std::vector<bool> batch_tensors() const {
    const Graph& graph = result_.graph;
    std::vector<bool> follows(graph.tensors.size(), false);
    for (int input : graph.inputs) {
      follows[static_cast<std::size_t>(input)] = true;
    }
    for (const Operator& op : graph.operators) {
      const bool any = op.op != Op::kShape && std::any_of(op.inputs.begin(), op.inputs.end(), [&follows](int input) {
                         return input != kNoTensor && follows[static_cast<std::size_t>(input)];
                       });
      for (int output : op.outputs) {
        follows[static_cast<std::size_t>(output)] = any;
      }
    }
    return follows;
  }

  void rewrite(std::size_t index) {
    switch (result_.graph.operators[index].op) {
      case Op::kReshape:
        rewrite_reshape(index);
        break;
      case Op::kSlice:
        rewrite_slice(index);
        break;
      case Op::kStridedSlice:
        rewrite_strided_slice(index);
        break;
      case Op::kTransposeConv:
        rewrite_transpose_conv(index);
        break;
      case Op::kConcatenation:
      case Op::kPack:
        check_constant_operands(index);
        break;
      default:
        break;
    }
  }

  const Operator& op(std::size_t index) const { return result_.graph.operators[index]; }
  const std::vector<int>& shape_of(int tensor) const {
    return result_.graph.tensors[static_cast<std::size_t>(tensor)].shape;
  }
  bool batched(int tensor) const { return tensor != kNoTensor && follows_batch_[static_cast<std::size_t>(tensor)]; }
  bool is_int32_constant(int tensor) const {
    return is_constant(result_.graph, tensor) &&
           result_.graph.tensors[static_cast<std::size_t>(tensor)].type == TensorType::kInt32;
  }

  void note_change(std::size_t index, std::string_view what) {
    result_.changes.push_back(fmt::format("{}: {}", operator_text(result_.graph, index), what));
  }
  void note_blocker(std::size_t index, std::string_view what) {
    result_.blockers.push_back(fmt::format("{}: {}", operator_text(result_.graph, index), what));
  }

  /// Gives operand `position` of one operator a constant of its own with these values.
  void set_operand(std::size_t index, std::size_t position, const std::vector<std::int32_t>& values) {
    Graph& graph = result_.graph;
    const int old = op(index).inputs[position];
    const auto uses = [old](const Operator& other) {
      return std::count(other.inputs.begin(), other.inputs.end(), old);
    };
    std::ptrdiff_t readers = 0;
    for (const Operator& other : graph.operators) {
      readers += uses(other);
    }
    const std::uint32_t buffer = add_buffer(graph, bytes_of(values));
    if (readers == 1) {
      graph.tensors[static_cast<std::size_t>(old)].buffer = buffer;
      return;
    }
    Tensor copy = graph.tensors[static_cast<std::size_t>(old)];
    copy.buffer = buffer;
    graph.operators[index].inputs[position] = add_tensor(graph, std::move(copy));
  }

  std::vector<std::int32_t> operand(std::size_t index, std::size_t position) const {
    const std::vector<std::int64_t> wide = constant_ints(result_.graph, op(index).inputs[position]);
    return {wide.begin(), wide.end()};
  }

  void rewrite_reshape(std::size_t index) {
    const int data = input_of(op(index), 0);
    if (!batched(data) || shape_of(data).empty() || shape_of(op(index).outputs[0]).empty()) {
      return;
    }
    const int shape = input_of(op(index), kShapeOperandOfReshape);
    const bool from_operand = shape != kNoTensor;
    if (from_operand && !is_int32_constant(shape)) {
      return;  // computed at run time from the real batch
    }
    auto* options = std::get_if<ReshapeOptions>(&result_.graph.operators[index].options);
    std::vector<std::int32_t> target;
    if (from_operand) {
      target = operand(index, kShapeOperandOfReshape);
    } else if (options != nullptr) {
      target = options->new_shape;
    }
    if (target.empty() || target[0] == -1) {
      return;
    }
    const std::vector<int> result = shape_of(op(index).outputs[0]);  // a copy: set_operand() may move the tensors
    if (shape_of(data)[0] != result[0]) {
      note_blocker(index, fmt::format("it mixes the batch with other dimensions ({} to {})", shape_text(shape_of(data)),
                                      shape_text(result)));
      return;
    }
    target.assign(result.begin(), result.end());
    target[0] = -1;
    if (from_operand) {
      set_operand(index, kShapeOperandOfReshape, target);
    }
    if (options != nullptr && !options->new_shape.empty()) {
      options->new_shape = target;
    }
    note_change(index, fmt::format("constant shape {} made free in the batch", shape_text(result)));
  }

  void rewrite_slice(std::size_t index) {
    const int data = input_of(op(index), 0);
    if (!batched(data) || !is_int32_constant(input_of(op(index), 1)) || !is_int32_constant(input_of(op(index), 2))) {
      return;
    }
    std::vector<std::int32_t> size = operand(index, 2);
    if (size.empty() || size[0] == -1) {
      return;
    }
    if (operand(index, 1)[0] != 0 || size[0] != shape_of(data)[0]) {
      note_blocker(index, "it takes a part of the batch");
      return;
    }
    size[0] = -1;
    set_operand(index, 2, size);
    note_change(index, "slice made to take the whole batch");
  }

  void rewrite_strided_slice(std::size_t index) {
    const int data = input_of(op(index), 0);
    auto* options = std::get_if<StridedSliceOptions>(&result_.graph.operators[index].options);
    if (!batched(data) || options == nullptr) {
      return;
    }
    const bool constant = is_int32_constant(input_of(op(index), 1)) && is_int32_constant(input_of(op(index), 2)) &&
                          is_int32_constant(input_of(op(index), 3));
    if ((options->end_mask & 1) != 0 || !constant) {
      return;
    }
    const bool from_start = (options->begin_mask & 1) != 0 || operand(index, 1)[0] == 0;
    const bool all = from_start && operand(index, 2)[0] == shape_of(data)[0] && operand(index, 3)[0] == 1;
    if ((options->shrink_axis_mask & 1) != 0 || !all) {
      note_blocker(index, "it takes a part of the batch");
      return;
    }
    options->end_mask |= 1;
    note_change(index, "slice made to take the whole batch");
  }

  void rewrite_transpose_conv(std::size_t index) {
    if (!batched(input_of(op(index), 2)) || !is_int32_constant(input_of(op(index), 0))) {
      return;
    }
    std::vector<std::int32_t> shape = operand(index, 0);
    if (shape.empty() || shape[0] == batch_) {
      return;
    }
    shape[0] = batch_;
    set_operand(index, 0, shape);
    note_change(index, fmt::format("output shape set to batch {}", batch_));
  }

  // A constant joined to the data keeps its own batch of one.
  void check_constant_operands(std::size_t index) {
    const auto* options = std::get_if<ConcatenationOptions>(&op(index).options);
    const bool any_data =
        std::any_of(op(index).inputs.begin(), op(index).inputs.end(), [this](int input) { return batched(input); });
    if (!any_data || (options != nullptr && options->axis == 0)) {
      return;
    }
    for (int input : op(index).inputs) {
      if (input != kNoTensor && !batched(input)) {
        note_blocker(
            index, fmt::format("it joins {}, which has a fixed batch, to the data", tensor_text(result_.graph, input)));
        return;
      }
    }
  }

  Rebatched result_;
  int batch_;
  std::vector<bool> follows_batch_;
};

}  // namespace

Rebatched rebatch(const Graph& graph, int batch) {
  if (batch < 1) {
    throw Error(ErrorCode::kUsage, "batch {} makes no sense; use 1 or more", batch);
  }
  return Rebatcher(graph, batch).run();
}

}  // namespace qbench::models
