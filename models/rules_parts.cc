// SPDX-License-Identifier: Apache-2.0
// Rules of ops that join, cut, pad or pick from tensors.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "models/op_check.h"

namespace qbench::models {
namespace {

constexpr std::size_t kMaxPadRank = 5;

/// What a strided slice takes of one side; a negative stride walks backwards.
struct Cut {
  std::int64_t side = 0;
  std::int64_t stride = 1;
  std::int64_t first = 0;
  std::int64_t last = 0;  ///< one past the end

  [[nodiscard]] std::int64_t start() const { return stride > 0 ? 0 : side - 1; }
  [[nodiscard]] std::int64_t stop() const { return stride > 0 ? side : -1; }
  [[nodiscard]] std::int64_t clamped(std::int64_t value) const {
    const std::int64_t wrapped = value < 0 ? value + side : value;
    return stride > 0 ? std::clamp<std::int64_t>(wrapped, 0, side) : std::clamp<std::int64_t>(wrapped, -1, side - 1);
  }
  [[nodiscard]] std::int64_t length() const {
    const std::int64_t span = stride > 0 ? last - first : first - last;
    return (span + std::abs(stride) - 1) / std::abs(stride);
  }
};

}  // namespace

void check_concatenation(const OpCheck& c) {
  const auto& options = c.options<ConcatenationOptions>();
  c.require(options.activation == Activation::kNone, "a fused activation has no kernel");
  Shape expected = c.input(0).shape;
  const auto axis = static_cast<std::size_t>(c.resolved_axis(options.axis, expected.size()));
  std::int64_t side = 0;
  for (std::size_t i = 0; i < c.op().inputs.size(); ++i) {
    c.require(c.has_input(i), "operand {} is missing", i);
    c.require(c.input(i).type == c.input(0).type, "its operands are of types {} and {}", type_name(c.input(0).type),
              type_name(c.input(i).type));
    Shape shape = c.input(i).shape;
    c.require(shape.size() == expected.size(), "its operands {} and {} do not fit", shape_text(expected),
              shape_text(shape));
    side += shape[axis];
    shape[axis] = expected[axis];
    c.require(shape == expected, "its operands {} and {} do not fit", shape_text(c.input(0).shape),
              shape_text(c.input(i).shape));
    if (c.input(i).type != TensorType::kUint8) {
      c.warn_unless_same_quantization(c.input(i), c.output());
    }
  }
  expected[axis] = c.dimension(side);
  c.require_same_type();
  c.require_output(expected);
}

void check_pack(const OpCheck& c) {
  const auto& options = c.options<PackOptions>();
  const std::size_t count = c.op().inputs.size();
  c.require(options.values_count == static_cast<int>(count), "it packs {} but has {} operands", options.values_count,
            count);
  c.require_same_type();
  for (std::size_t i = 0; i < count; ++i) {
    c.require(c.has_input(i), "operand {} is missing", i);
    c.require(c.input(i).shape == c.input(0).shape && c.input(i).type == c.input(0).type,
              "its operands {} and {} do not fit", shape_text(c.input(0).shape), shape_text(c.input(i).shape));
    c.warn_unless_same_quantization(c.input(i), c.output());
  }
  Shape expected = c.input(0).shape;
  const int axis = c.resolved_axis(options.axis, expected.size() + 1);
  expected.insert(expected.begin() + axis, static_cast<int>(count));
  c.require_output(expected);
}

void check_unpack(const OpCheck& c) {
  const auto& options = c.options<UnpackOptions>();
  const Shape& data = c.input(0).shape;
  const int axis = c.resolved_axis(options.axis, data.size());
  c.require(
      options.num == static_cast<int>(c.op().outputs.size()) && options.num == data[static_cast<std::size_t>(axis)],
      "it unpacks {} of {} into {} outputs", options.num, shape_text(data), c.op().outputs.size());
  c.require_same_type();
  for (std::size_t i = 0; i < c.op().outputs.size(); ++i) {
    c.require_output(without_dimension(data, axis), i);
    c.warn_unless_same_quantization(c.input(0), c.output(i));
  }
}

void check_pad(const OpCheck& c) {
  const Shape& data = c.input(0).shape;
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require(data.size() <= kMaxPadRank, "its operand {} has too many dimensions", shape_text(data));
  const auto amounts = c.required_values(1, 2 * data.size(), "padding operand");
  Shape expected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::int64_t before = amounts[2 * i];
    const std::int64_t after = amounts[2 * i + 1];
    c.require(before >= 0 && after >= 0 && before <= INT32_MAX && after <= INT32_MAX, "paddings of {} and {}", before,
              after);
    expected.push_back(c.dimension(data[i] + before + after));
  }
  if (c.has_input(2)) {
    c.require(c.input(2).type == c.input(0).type && element_count(c.input(2).shape) == 1,
              "its fill value is not one {}", type_name(c.input(0).type));
  }
  c.require_output(expected);
}

void check_mirror_pad(const OpCheck& c) {
  const auto mode = c.options<MirrorPadOptions>().mode;
  c.require(mode == 0 || mode == 1, "mirror mode {} does not exist", static_cast<int>(mode));
  const Shape& data = c.input(0).shape;
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  const auto amounts = c.required_values(1, 2 * data.size(), "padding operand");
  Shape expected;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const int limit = data[i / 2] - (mode == 0 ? 1 : 0);
    c.require(amounts[i] >= 0 && amounts[i] <= limit, "a padding of {} mirrors past {}", amounts[i], shape_text(data));
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    expected.push_back(c.dimension(data[i] + amounts[2 * i] + amounts[2 * i + 1]));
  }
  c.require_output(expected);
}

void check_slice(const OpCheck& c) {
  const Shape& data = c.input(0).shape;
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  const auto begin = c.required_values(1, data.size(), "begin operand");
  const auto size = c.required_values(2, data.size(), "size operand");
  Shape expected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    c.require(begin[i] >= 0 && begin[i] < data[i], "it begins at {} of {}", begin[i], shape_text(data));
    const std::int64_t side = size[i] == -1 ? data[i] - begin[i] : size[i];
    c.require(side >= 1 && side <= data[i] - begin[i], "it takes {} from {} of {}", size[i], begin[i],
              shape_text(data));
    expected.push_back(static_cast<int>(side));
  }
  c.require_output(expected);
}

void check_strided_slice(const OpCheck& c) {
  const auto& options = c.options<StridedSliceOptions>();
  const Shape& data = c.input(0).shape;
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require(options.ellipsis_mask == 0 && options.new_axis_mask == 0, "its ellipsis or new-axis mask has no rule");
  c.require(data.size() <= kMaxPadRank, "its operand {} has too many dimensions", shape_text(data));
  c.require_type(c.input(1), {TensorType::kInt32}, "begin operand");
  const auto count = static_cast<std::size_t>(element_count(c.input(1).shape));
  c.require(count <= data.size(), "it slices {} dimensions of {}", count, shape_text(data));
  const auto begin = c.required_values(1, count, "begin operand");
  const auto end = c.required_values(2, count, "end operand");
  const auto stride = c.required_values(3, count, "stride operand");
  Shape expected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (i >= count) {
      expected.push_back(data[i]);
      continue;
    }
    const int bit = 1 << i;
    // Kernels add the stride to a 32-bit index until it passes the end.
    c.require(stride[i] != 0 && std::abs(stride[i]) <= std::max(data[i], c.limits().max_window), "a stride of {}",
              stride[i]);
    Cut cut{.side = data[i], .stride = stride[i]};
    cut.first = (options.begin_mask & bit) != 0 ? cut.start() : cut.clamped(begin[i]);
    cut.last = (options.end_mask & bit) != 0 ? cut.stop() : cut.clamped(end[i]);
    if ((options.shrink_axis_mask & bit) == 0) {
      expected.push_back(c.dimension(cut.length()));
    } else {
      c.require(cut.first >= 0 && cut.first < cut.side, "it takes element {} of {}", begin[i], shape_text(data));
    }
  }
  c.require_output(expected);
}

void check_split(const OpCheck& c) {
  const auto parts = c.options<SplitOptions>().num_splits;
  c.require(parts >= 1 && parts == static_cast<int>(c.op().outputs.size()), "it splits into {} but has {} outputs",
            parts, c.op().outputs.size());
  const Shape& data = c.input(1).shape;
  c.require_type(c.input(0), {TensorType::kInt32}, "axis operand");
  const std::int64_t axis_value = c.required_values(0, 1, "axis operand")[0];
  const auto axis = static_cast<std::size_t>(c.resolved_axis(axis_value, data.size()));
  c.require(data[axis] % parts == 0, "dimension {} of {} does not split into {}", axis, shape_text(data), parts);
  c.require_same_type(1);
  Shape expected = data;
  expected[axis] /= parts;
  for (std::size_t i = 0; i < c.op().outputs.size(); ++i) {
    c.require_output(expected, i);
    c.warn_unless_same_quantization(c.input(1), c.output(i));
  }
}

void check_split_v(const OpCheck& c) {
  const std::size_t parts = c.op().outputs.size();
  c.require(c.options<SplitVOptions>().num_splits == static_cast<int>(parts), "it splits into {} but has {} outputs",
            c.options<SplitVOptions>().num_splits, parts);
  const Shape& data = c.input(0).shape;
  auto sizes = c.required_values(1, parts, "size operand");
  const std::int64_t axis_value = c.required_values(2, 1, "axis operand")[0];
  const auto axis = static_cast<std::size_t>(c.resolved_axis(axis_value, data.size()));
  std::int64_t known = 0;
  for (std::int64_t size : sizes) {
    known += size == -1 ? 0 : size;
    c.require(size >= -1 && size <= data[axis], "a part of {} of {}", size, shape_text(data));
  }
  const auto unknown = std::find(sizes.begin(), sizes.end(), -1);
  if (unknown != sizes.end()) {
    *unknown = data[axis] - known;
    known = data[axis];
  }
  c.require(known == data[axis], "its parts do not add up to {}", data[axis]);
  c.require_same_type();
  for (std::size_t i = 0; i < parts; ++i) {
    Shape expected = data;
    expected[axis] = c.dimension(sizes[i]);
    c.require_output(expected, i);
    c.warn_unless_same_quantization(c.input(0), c.output(i));
  }
}

void check_gather(const OpCheck& c) {
  const auto& options = c.options<GatherOptions>();
  c.require(options.batch_dims == 0, "its batch dimensions have no rule");
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require_index_type(1, "index operand");
  const Shape& data = c.input(0).shape;
  const Shape& indices = c.input(1).shape;
  const int axis = c.resolved_axis(options.axis, data.size());
  const int side = data[static_cast<std::size_t>(axis)];
  const auto values = c.constant_values(1);
  c.require(values.has_value(), "its indices are not a constant of the file");
  for (std::int64_t index : *values) {
    c.require(index >= 0 && index < side, "it gathers element {} of {}", index, side);
  }
  Shape expected(data.begin(), data.begin() + axis);
  expected.insert(expected.end(), indices.begin(), indices.end());
  expected.insert(expected.end(), data.begin() + axis + 1, data.end());
  c.require_output(expected);
}

}  // namespace qbench::models
