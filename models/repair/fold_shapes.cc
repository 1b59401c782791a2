// SPDX-License-Identifier: Apache-2.0
// Shape arithmetic at run time ("dynamic flatten"), which XNNPACK refuses and which splits the graph.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "models/repair/shape_values.h"
#include "models/repair/workbench.h"

namespace qbench::models {
namespace {

bool fits_int32(const ShapeValues& values) {
  return std::all_of(values.begin(), values.end(), [](const ShapeValue& value) {
    return value.factor >= std::numeric_limits<std::int32_t>::min() &&
           value.factor <= std::numeric_limits<std::int32_t>::max();
  });
}

class ShapeFolder {
 public:
  explicit ShapeFolder(Workbench& bench) : bench_(bench), trace_(bench.graph) {}

  void run() {
    // Constants are added at the end, so that what the trace knows of the file's tensors stays true.
    for (std::size_t i = 0; i < bench_.graph.operators.size(); ++i) {
      const Operator op = bench_.graph.operators[i];
      trace_.follow(op);
      if (op.op == Op::kReshape && input_of(op, 1) != kNoTensor) fold_reshape(i);
      if (op.outputs.size() != 1 || !trace_.computed(op.outputs[0])) fold_operands(i);
    }
  }

 private:
  /// A target that names the batch once: that side is left to the runtime, the others are written down.
  void fold_reshape(std::size_t index) {
    const Operator& op = bench_.graph.operators[index];
    const int shape = op.inputs[1];
    if (!trace_.computed(shape) || trace_.computed(op.outputs[0]) || bench_.tensor(shape).type != TensorType::kInt32) {
      return;
    }
    const std::optional<ShapeValues> named = trace_.values(shape);
    const auto batches = std::count_if(named->begin(), named->end(), [](const ShapeValue& v) { return v.times_batch; });
    if (batches != 1) return;
    const std::optional<ShapeValues> data = trace_.dims(op.inputs[0]);
    const std::optional<ShapeValues> dims = resolved_target(*named, data ? product(*data) : std::nullopt);
    if (!dims || !fits_int32(*dims) || std::count(dims->begin(), dims->end(), kFree) > 0) return;
    const auto of_batch = [](const ShapeValue& v) { return v.times_batch; };
    if (std::count_if(dims->begin(), dims->end(), of_batch) != 1) return;
    std::vector<std::int32_t> target;
    for (const ShapeValue& side : *dims) {
      target.push_back(side.times_batch ? -1 : static_cast<std::int32_t>(side.factor));
    }
    write_target(index, target);
    declare_output(op.outputs[0], *dims);
    trace_.set_dims(bench_.graph.operators[index].outputs[0], *dims);
  }

  void write_target(std::size_t index, const std::vector<std::int32_t>& target) {
    set_operand(index, 1, target);
    Operator& op = bench_.graph.operators[index];
    if (auto* options = std::get_if<ReshapeOptions>(&op.options)) options->new_shape = {target.begin(), target.end()};
    bench_.note(index, "its shape, computed at run time, made the constant {}",
                shape_text({target.begin(), target.end()}));
  }

  /// Converters declare 1 for sides that they did not know.
  void declare_output(int output, const ShapeValues& dims) {
    const std::vector<int>& input = bench_.tensor(bench_.graph.inputs[0]).shape;
    const std::int64_t batch = input.empty() ? 1 : input[0];
    std::vector<int> shape;
    std::vector<int> signature;
    for (const ShapeValue& side : dims) {
      const std::int64_t length = side.times_batch ? side.factor * batch : side.factor;
      if (length < 1 || length > std::numeric_limits<std::int32_t>::max()) return;
      shape.push_back(static_cast<int>(length));
      signature.push_back(side.times_batch ? -1 : shape.back());
    }
    bench_.tensor(output).shape = std::move(shape);
    bench_.tensor(output).shape_signature = std::move(signature);
  }

  /// Operands that do not depend on the batch.
  void fold_operands(std::size_t index) {
    for (std::size_t i = 0; i < bench_.graph.operators[index].inputs.size(); ++i) {
      const int tensor = bench_.graph.operators[index].inputs[i];
      if (!in_trace(tensor) || !trace_.computed(tensor) || is_constant(bench_.graph, tensor)) continue;
      const std::optional<ShapeValues> values = trace_.values(tensor);
      if (values->empty() || any_batch(*values) || !fits_int32(*values) ||
          bench_.tensor(tensor).type != TensorType::kInt32) {
        continue;
      }
      std::vector<std::int32_t> plain;
      for (const ShapeValue& value : *values) plain.push_back(static_cast<std::int32_t>(value.factor));
      set_operand(index, i, plain);
      bench_.note(index, "operand {}, computed at run time, made the constant {}", i,
                  shape_text({plain.begin(), plain.end()}));
    }
  }

  /// Whether the tensor is one of the file, which the trace knows.
  [[nodiscard]] bool in_trace(int tensor) const {
    return tensor != kNoTensor && static_cast<std::size_t>(tensor) < file_tensors_;
  }

  void set_operand(std::size_t index, std::size_t position, const std::vector<std::int32_t>& values) {
    const Tensor& old = bench_.tensor(bench_.graph.operators[index].inputs[position]);
    Tensor constant{.name = old.name + "/constant", .type = TensorType::kInt32, .shape = {}};
    if (!old.shape.empty() || values.size() != 1) constant.shape = {static_cast<int>(values.size())};
    bench_.graph.operators[index].inputs[position] = add_constant(bench_.graph, std::move(constant), bytes_of(values));
  }

  Workbench& bench_;
  const std::size_t file_tensors_ = bench_.graph.tensors.size();
  ShapeValuesTracer trace_;
};

}  // namespace

void fold_shapes(Workbench& bench) {
  if (bench.graph.inputs.empty()) return;
  ShapeFolder(bench).run();
  const std::size_t dropped = drop_unread(bench);
  if (dropped > 0) {
    bench.repairs.push_back(fmt::format("{} op{} that computed shapes dropped", dropped, dropped == 1 ? "" : "s"));
  }
}

}  // namespace qbench::models
