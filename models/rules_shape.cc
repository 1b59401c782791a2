// SPDX-License-Identifier: Apache-2.0
// Rules of ops that give the same elements another shape or order, and of those that reduce dimensions.
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "models/op_check.h"

namespace qbench::models {
namespace {

constexpr std::size_t kMaxTransposeRank = 6;

}  // namespace

void check_reshape(const OpCheck& c) {
  c.require_same_type();
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
    expected.push_back(c.dimension(side));
  }
  c.require_output(expected);
}

void check_squeeze(const OpCheck& c) {
  const auto options = c.options_or_default<SqueezeOptions>();
  c.require_same_type();
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
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  const std::int64_t axis = c.required_values(1, 1, "axis operand")[0];
  Shape expected = c.input(0).shape;
  expected.insert(expected.begin() + c.resolved_axis(axis, expected.size() + 1), 1);
  c.require_output(expected);
}

void check_transpose(const OpCheck& c) {
  const Shape& data = c.input(0).shape;
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require(data.size() <= kMaxTransposeRank, "its operand {} has too many dimensions", shape_text(data));
  c.require_type(c.input(1), {TensorType::kInt32}, "permutation");
  const auto order = c.required_values(1, data.size(), "permutation");
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
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  c.require_type(c.input(1), {TensorType::kInt32}, "size operand");
  const auto size = c.required_values(1, 2, "size operand");
  const Shape& data = c.input(0).shape;
  c.require_output({data[0], c.dimension(size[0]), c.dimension(size[1]), data[3]});
}

void check_reduce(const OpCheck& c) {
  const bool keep = c.options<ReducerOptions>().keep_dims;
  const Shape& data = c.input(0).shape;
  c.require_same_type();
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
  const std::int64_t axis = c.required_values(1, 1, "axis operand")[0];
  c.require_output(without_dimension(data, c.resolved_axis(axis, data.size())));
}

void check_space_to_depth(const OpCheck& c) {
  const int block = c.options<SpaceToDepthOptions>().block_size;
  c.require_window(block, "block size");
  c.require_rank(0, 4, "data operand");
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  const Shape& data = c.input(0).shape;
  c.require(data[1] % block == 0 && data[2] % block == 0, "{} does not divide into blocks of {}", shape_text(data),
            block);
  c.require_output({data[0], data[1] / block, data[2] / block, c.dimension(std::int64_t{data[3]} * block * block)});
}

void check_depth_to_space(const OpCheck& c) {
  const int block = c.options<DepthToSpaceOptions>().block_size;
  c.require_window(block, "block size");
  c.require_rank(0, 4, "data operand");
  c.require_same_type();
  c.warn_unless_same_quantization(c.input(0), c.output());
  const Shape& data = c.input(0).shape;
  c.require(data[3] % (block * block) == 0, "{} does not divide into blocks of {}", shape_text(data), block);
  c.require_output({data[0], c.dimension(std::int64_t{data[1]} * block), c.dimension(std::int64_t{data[2]} * block),
                    data[3] / (block * block)});
}

void check_shape(const OpCheck& c) {
  c.require_type(c.output(), {TensorType::kInt32, TensorType::kInt64}, "output");
  c.require(c.options<ShapeOptions>().out_type == c.output().type, "its options and its output differ in type");
  c.require_output({static_cast<int>(c.input(0).shape.size())});
}

}  // namespace qbench::models
