// SPDX-License-Identifier: Apache-2.0
// Rules of ops that move data: other shape, same elements.
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "models/op_check.h"

namespace qbench::models {
namespace {

constexpr std::size_t kMaxTransposeRank = 6;
constexpr std::size_t kMaxPadRank = 5;

void require_same_type(const OpCheck& c, std::size_t data = 0) {
  for (int tensor : c.op().outputs) {
    const TensorType type = c.graph().tensors[static_cast<std::size_t>(tensor)].type;
    c.require(type == c.input(data).type, "its output is of type {} for {} data", type_name(type),
              type_name(c.input(data).type));
  }
}

void require_index_type(const OpCheck& c, std::size_t i, std::string_view role) {
  c.require_type(c.input(i), {TensorType::kInt32, TensorType::kInt64}, role);
}

/// Integer operand `i`, which must be in the file and hold `count` values.
std::vector<std::int64_t> required_values(const OpCheck& c, std::size_t i, std::size_t count, std::string_view role) {
  require_index_type(c, i, role);
  const auto values = c.constant_values(i);
  c.require(values.has_value(), "its {} is not a constant of the file", role);
  c.require(values->size() == count, "its {} holds {} values where {} are needed", role, values->size(), count);
  return *values;
}

Shape without_dimension(const Shape& shape, int axis) {
  Shape result = shape;
  result.erase(result.begin() + axis);
  return result;
}

/// A dimension from 64-bit arithmetic on file values.
int dimension(const OpCheck& c, std::int64_t value) {
  c.require(value >= 1 && value <= INT32_MAX, "an output side of {}", value);
  return static_cast<int>(value);
}

}  // namespace

void check_reshape(const OpCheck& c) {
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  const std::int64_t elements = element_count(c.input(0).shape);
  c.require(elements == element_count(c.output().shape), "its output {} does not hold the elements of {}",
            shape_text(c.output().shape), shape_text(c.input(0).shape));
  std::vector<std::int64_t> target;
  if (c.has_input(1)) {
    c.require_type(c.input(1), {TensorType::kInt32}, "shape operand");
    const auto values = c.constant_values(1);
    if (!values) {
      return;  // computed at run time; the runtime allocates for it then
    }
    target = *values;
  } else {
    const auto options = c.options<ReshapeOptions>();
    target.assign(options.new_shape.begin(), options.new_shape.end());
  }
  const auto unknown = std::find(target.begin(), target.end(), -1);
  if (unknown != target.end()) {
    const std::int64_t known = -std::accumulate(target.begin(), target.end(), std::int64_t{1}, [](auto a, auto b) {
      return std::clamp<std::int64_t>(a * b, -INT32_MAX, INT32_MAX);
    });
    c.require(known > 0 && elements % known == 0, "its target shape does not divide {} elements", elements);
    *unknown = elements / known;
  }
  Shape expected;
  for (std::int64_t side : target) {
    expected.push_back(dimension(c, side));
  }
  c.require_output(expected);
}

void check_squeeze(const OpCheck& c) {
  const auto options = c.options_or_default<SqueezeOptions>();
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  const Shape& data = c.input(0).shape;
  std::vector<bool> drop(data.size(), options.squeeze_dims.empty());
  for (int dim : options.squeeze_dims) {
    const auto axis = static_cast<std::size_t>(c.resolved_axis(dim, data.size()));
    c.require(data[axis] == 1, "dimension {} of {} cannot be squeezed", axis, shape_text(data));
    drop[axis] = true;
  }
  Shape expected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!drop[i] || data[i] != 1) {
      expected.push_back(data[i]);
    }
  }
  c.require_output(expected);
}

void check_expand_dims(const OpCheck& c) {
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  const std::int64_t axis = required_values(c, 1, 1, "axis operand")[0];
  Shape expected = c.input(0).shape;
  expected.insert(expected.begin() + c.resolved_axis(axis, expected.size() + 1), 1);
  c.require_output(expected);
}

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
  expected[axis] = dimension(c, side);
  require_same_type(c);
  c.require_output(expected);
}

void check_pad(const OpCheck& c) {
  const Shape& data = c.input(0).shape;
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require(data.size() <= kMaxPadRank, "its operand {} has too many dimensions", shape_text(data));
  const auto amounts = required_values(c, 1, 2 * data.size(), "padding operand");
  Shape expected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::int64_t before = amounts[2 * i];
    const std::int64_t after = amounts[2 * i + 1];
    c.require(before >= 0 && after >= 0 && before <= INT32_MAX && after <= INT32_MAX, "paddings of {} and {}", before,
              after);
    expected.push_back(dimension(c, data[i] + before + after));
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
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  const auto amounts = required_values(c, 1, 2 * data.size(), "padding operand");
  Shape expected;
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    const int limit = data[i / 2] - (mode == 0 ? 1 : 0);
    c.require(amounts[i] >= 0 && amounts[i] <= limit, "a padding of {} mirrors past {}", amounts[i], shape_text(data));
  }
  for (std::size_t i = 0; i < data.size(); ++i) {
    expected.push_back(dimension(c, data[i] + amounts[2 * i] + amounts[2 * i + 1]));
  }
  c.require_output(expected);
}

void check_reduce(const OpCheck& c) {
  const bool keep = c.options<ReducerOptions>().keep_dims;
  const Shape& data = c.input(0).shape;
  require_same_type(c);
  c.require_type(c.input(1), {TensorType::kInt32}, "axis operand");
  const auto axes = c.constant_values(1);
  c.require(axes.has_value(), "its axes are not a constant of the file");
  std::vector<bool> reduced(data.size(), false);
  for (std::int64_t axis : *axes) {
    reduced[static_cast<std::size_t>(c.resolved_axis(axis, data.size()))] = true;
  }
  Shape expected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!reduced[i]) {
      expected.push_back(data[i]);
    } else if (keep) {
      expected.push_back(1);
    }
  }
  c.require_output(expected);
  c.require_quantized(c.input(0), "data operand");
  c.require_quantized(c.output(), "output");
  if (c.op().op == Op::kReduceMax || c.op().op == Op::kReduceMin) {
    c.warn_unless_same_quantization(c.input(0), c.output());
  }
}

void check_arg_max(const OpCheck& c) {
  const Shape& data = c.input(0).shape;
  c.require_type(c.output(), {TensorType::kInt32, TensorType::kInt64}, "output");
  const auto& options = c.options<ArgMaxOptions>();
  c.require(options.output_type == c.output().type, "its options ask for {} but its output is {}",
            type_name(options.output_type), type_name(c.output().type));
  const std::int64_t axis = required_values(c, 1, 1, "axis operand")[0];
  c.require_output(without_dimension(data, c.resolved_axis(axis, data.size())));
}

void check_resize(const OpCheck& c) {
  bool align = false;
  bool half_pixel = false;
  if (c.op().op == Op::kResizeBilinear) {
    const auto options = c.options_or_default<ResizeBilinearOptions>();
    align = options.align_corners;
    half_pixel = options.half_pixel_centers;
  } else {
    const auto options = c.options_or_default<ResizeNearestNeighborOptions>();
    align = options.align_corners;
    half_pixel = options.half_pixel_centers;
  }
  c.require(!(align && half_pixel), "aligned corners and half-pixel centres exclude each other");
  c.require_rank(0, 4, "data operand");
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require_type(c.input(1), {TensorType::kInt32}, "size operand");
  const auto size = required_values(c, 1, 2, "size operand");
  const Shape& data = c.input(0).shape;
  c.require_output({data[0], dimension(c, size[0]), dimension(c, size[1]), data[3]});
}

void check_transpose(const OpCheck& c) {
  const Shape& data = c.input(0).shape;
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require(data.size() <= kMaxTransposeRank, "its operand {} has too many dimensions", shape_text(data));
  c.require_type(c.input(1), {TensorType::kInt32}, "permutation");
  const auto order = required_values(c, 1, data.size(), "permutation");
  std::vector<bool> used(data.size(), false);
  Shape expected;
  for (std::int64_t axis : order) {
    const auto from = static_cast<std::size_t>(c.resolved_axis(axis, data.size()));
    c.require(!used[from], "its permutation names dimension {} twice", axis);
    used[from] = true;
    expected.push_back(data[from]);
  }
  c.require_output(expected);
}

void check_slice(const OpCheck& c) {
  const Shape& data = c.input(0).shape;
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  const auto begin = required_values(c, 1, data.size(), "begin operand");
  const auto size = required_values(c, 2, data.size(), "size operand");
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
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require(options.ellipsis_mask == 0 && options.new_axis_mask == 0, "its ellipsis or new-axis mask has no rule");
  c.require(data.size() <= kMaxPadRank, "its operand {} has too many dimensions", shape_text(data));
  c.require_type(c.input(1), {TensorType::kInt32}, "begin operand");
  const auto count = static_cast<std::size_t>(element_count(c.input(1).shape));
  c.require(count <= data.size(), "it slices {} dimensions of {}", count, shape_text(data));
  const auto begin = required_values(c, 1, count, "begin operand");
  const auto end = required_values(c, 2, count, "end operand");
  const auto stride = required_values(c, 3, count, "stride operand");
  Shape expected;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (i >= count) {
      expected.push_back(data[i]);
      continue;
    }
    const std::int64_t side = data[i];
    const int bit = 1 << i;
    const bool forward = stride[i] > 0;
    c.require(stride[i] != 0 && std::abs(stride[i]) <= INT32_MAX, "a stride of {}", stride[i]);
    const auto position = [side, forward](std::int64_t value) {
      const std::int64_t wrapped = value < 0 ? value + side : value;
      return forward ? std::clamp<std::int64_t>(wrapped, 0, side) : std::clamp<std::int64_t>(wrapped, -1, side - 1);
    };
    const std::int64_t first = (options.begin_mask & bit) != 0 ? (forward ? 0 : side - 1) : position(begin[i]);
    const std::int64_t last = (options.end_mask & bit) != 0 ? (forward ? side : -1) : position(end[i]);
    if ((options.shrink_axis_mask & bit) != 0) {
      c.require(first >= 0 && first < side, "it takes element {} of {}", begin[i], shape_text(data));
      continue;
    }
    const std::int64_t span = forward ? last - first : first - last;
    const std::int64_t step = std::abs(stride[i]);
    expected.push_back(dimension(c, (span + step - 1) / step));
  }
  c.require_output(expected);
}

void check_split(const OpCheck& c) {
  const auto parts = c.options<SplitOptions>().num_splits;
  c.require(parts >= 1 && parts == static_cast<int>(c.op().outputs.size()), "it splits into {} but has {} outputs",
            parts, c.op().outputs.size());
  const Shape& data = c.input(1).shape;
  c.require_type(c.input(0), {TensorType::kInt32}, "axis operand");
  const std::int64_t axis_value = required_values(c, 0, 1, "axis operand")[0];
  const auto axis = static_cast<std::size_t>(c.resolved_axis(axis_value, data.size()));
  c.require(data[axis] % parts == 0, "dimension {} of {} does not split into {}", axis, shape_text(data), parts);
  require_same_type(c, 1);
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
  auto sizes = required_values(c, 1, parts, "size operand");
  const std::int64_t axis_value = required_values(c, 2, 1, "axis operand")[0];
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
  require_same_type(c);
  for (std::size_t i = 0; i < parts; ++i) {
    Shape expected = data;
    expected[axis] = dimension(c, sizes[i]);
    c.require_output(expected, i);
    c.warn_unless_same_quantization(c.input(0), c.output(i));
  }
}

void check_pack(const OpCheck& c) {
  const auto& options = c.options<PackOptions>();
  const std::size_t count = c.op().inputs.size();
  c.require(options.values_count == static_cast<int>(count), "it packs {} but has {} operands", options.values_count,
            count);
  require_same_type(c);
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
  require_same_type(c);
  for (std::size_t i = 0; i < c.op().outputs.size(); ++i) {
    c.require_output(without_dimension(data, axis), i);
    c.warn_unless_same_quantization(c.input(0), c.output(i));
  }
}

void check_gather(const OpCheck& c) {
  const auto& options = c.options<GatherOptions>();
  c.require(options.batch_dims == 0, "its batch dimensions have no rule");
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  require_index_type(c, 1, "index operand");
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

void check_space_to_depth(const OpCheck& c) {
  const int block = c.options<SpaceToDepthOptions>().block_size;
  c.require_window(block, "block size");
  c.require_rank(0, 4, "data operand");
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  const Shape& data = c.input(0).shape;
  c.require(data[1] % block == 0 && data[2] % block == 0, "{} does not divide into blocks of {}", shape_text(data),
            block);
  c.require_output({data[0], data[1] / block, data[2] / block, dimension(c, std::int64_t{data[3]} * block * block)});
}

void check_depth_to_space(const OpCheck& c) {
  const int block = c.options<DepthToSpaceOptions>().block_size;
  c.require_window(block, "block size");
  c.require_rank(0, 4, "data operand");
  require_same_type(c);
  c.warn_unless_same_quantization(c.input(0), c.output());
  const Shape& data = c.input(0).shape;
  c.require(data[3] % (block * block) == 0, "{} does not divide into blocks of {}", shape_text(data), block);
  c.require_output({data[0], dimension(c, std::int64_t{data[1]} * block), dimension(c, std::int64_t{data[2]} * block),
                    data[3] / (block * block)});
}

void check_shape(const OpCheck& c) {
  c.require_type(c.output(), {TensorType::kInt32, TensorType::kInt64}, "output");
  c.require(c.options<ShapeOptions>().out_type == c.output().type, "its options and its output differ in type");
  c.require_output({static_cast<int>(c.input(0).shape.size())});
}

}  // namespace qbench::models
