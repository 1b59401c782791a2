// SPDX-License-Identifier: Apache-2.0
// Internal to models/ and its tests: which field of which option table each member of the structs in op_options.h is.
// The one list that reading, writing and mutating options share. Includes flatbuffers: not for interface headers.
#pragma once

#include "models/op_options.h"
#include "tflite_generated.h"

namespace qbench::models {

/// OptionLayout<Options>::Table is the generated table; visit(options, v) calls v(slot, member) for each field.
template <typename Options>
struct OptionLayout;

template <>
struct OptionLayout<Conv2DOptions> {
  using Table = schema::Conv2DOptions;
  template <typename Visitor>
  static void visit(Conv2DOptions& o, Visitor&& v) {
    v(Table::VT_PADDING, o.padding);
    v(Table::VT_STRIDE_W, o.stride_w);
    v(Table::VT_STRIDE_H, o.stride_h);
    v(Table::VT_FUSED_ACTIVATION, o.activation);
    v(Table::VT_DILATION_W, o.dilation_w);
    v(Table::VT_DILATION_H, o.dilation_h);
  }
};

template <>
struct OptionLayout<DepthwiseConv2DOptions> {
  using Table = schema::DepthwiseConv2DOptions;
  template <typename Visitor>
  static void visit(DepthwiseConv2DOptions& o, Visitor&& v) {
    v(Table::VT_PADDING, o.padding);
    v(Table::VT_STRIDE_W, o.stride_w);
    v(Table::VT_STRIDE_H, o.stride_h);
    v(Table::VT_DEPTH_MULTIPLIER, o.depth_multiplier);
    v(Table::VT_FUSED_ACTIVATION, o.activation);
    v(Table::VT_DILATION_W, o.dilation_w);
    v(Table::VT_DILATION_H, o.dilation_h);
  }
};

template <>
struct OptionLayout<Pool2DOptions> {
  using Table = schema::Pool2DOptions;
  template <typename Visitor>
  static void visit(Pool2DOptions& o, Visitor&& v) {
    v(Table::VT_PADDING, o.padding);
    v(Table::VT_STRIDE_W, o.stride_w);
    v(Table::VT_STRIDE_H, o.stride_h);
    v(Table::VT_FILTER_WIDTH, o.filter_w);
    v(Table::VT_FILTER_HEIGHT, o.filter_h);
    v(Table::VT_FUSED_ACTIVATION, o.activation);
  }
};

template <>
struct OptionLayout<FullyConnectedOptions> {
  using Table = schema::FullyConnectedOptions;
  template <typename Visitor>
  static void visit(FullyConnectedOptions& o, Visitor&& v) {
    v(Table::VT_FUSED_ACTIVATION, o.activation);
    v(Table::VT_WEIGHTS_FORMAT, o.weights_format);
    v(Table::VT_KEEP_NUM_DIMS, o.keep_num_dims);
    v(Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, o.asymmetric_quantize_inputs);
  }
};

template <>
struct OptionLayout<SoftmaxOptions> {
  using Table = schema::SoftmaxOptions;
  template <typename Visitor>
  static void visit(SoftmaxOptions& o, Visitor&& v) {
    v(Table::VT_BETA, o.beta);
  }
};

template <>
struct OptionLayout<ConcatenationOptions> {
  using Table = schema::ConcatenationOptions;
  template <typename Visitor>
  static void visit(ConcatenationOptions& o, Visitor&& v) {
    v(Table::VT_AXIS, o.axis);
    v(Table::VT_FUSED_ACTIVATION, o.activation);
  }
};

template <>
struct OptionLayout<AddOptions> {
  using Table = schema::AddOptions;
  template <typename Visitor>
  static void visit(AddOptions& o, Visitor&& v) {
    v(Table::VT_FUSED_ACTIVATION, o.activation);
    v(Table::VT_POT_SCALE_INT16, o.pot_scale_int16);
  }
};

template <>
struct OptionLayout<SubOptions> {
  using Table = schema::SubOptions;
  template <typename Visitor>
  static void visit(SubOptions& o, Visitor&& v) {
    v(Table::VT_FUSED_ACTIVATION, o.activation);
    v(Table::VT_POT_SCALE_INT16, o.pot_scale_int16);
  }
};

template <>
struct OptionLayout<MulOptions> {
  using Table = schema::MulOptions;
  template <typename Visitor>
  static void visit(MulOptions& o, Visitor&& v) {
    v(Table::VT_FUSED_ACTIVATION, o.activation);
  }
};

template <>
struct OptionLayout<DivOptions> {
  using Table = schema::DivOptions;
  template <typename Visitor>
  static void visit(DivOptions& o, Visitor&& v) {
    v(Table::VT_FUSED_ACTIVATION, o.activation);
  }
};

template <>
struct OptionLayout<L2NormOptions> {
  using Table = schema::L2NormOptions;
  template <typename Visitor>
  static void visit(L2NormOptions& o, Visitor&& v) {
    v(Table::VT_FUSED_ACTIVATION, o.activation);
  }
};

template <>
struct OptionLayout<LocalResponseNormalizationOptions> {
  using Table = schema::LocalResponseNormalizationOptions;
  template <typename Visitor>
  static void visit(LocalResponseNormalizationOptions& o, Visitor&& v) {
    v(Table::VT_RADIUS, o.radius);
    v(Table::VT_BIAS, o.bias);
    v(Table::VT_ALPHA, o.alpha);
    v(Table::VT_BETA, o.beta);
  }
};

template <>
struct OptionLayout<ResizeBilinearOptions> {
  using Table = schema::ResizeBilinearOptions;
  template <typename Visitor>
  static void visit(ResizeBilinearOptions& o, Visitor&& v) {
    v(Table::VT_ALIGN_CORNERS, o.align_corners);
    v(Table::VT_HALF_PIXEL_CENTERS, o.half_pixel_centers);
  }
};

template <>
struct OptionLayout<ResizeNearestNeighborOptions> {
  using Table = schema::ResizeNearestNeighborOptions;
  template <typename Visitor>
  static void visit(ResizeNearestNeighborOptions& o, Visitor&& v) {
    v(Table::VT_ALIGN_CORNERS, o.align_corners);
    v(Table::VT_HALF_PIXEL_CENTERS, o.half_pixel_centers);
  }
};

template <>
struct OptionLayout<ReshapeOptions> {
  using Table = schema::ReshapeOptions;
  template <typename Visitor>
  static void visit(ReshapeOptions& o, Visitor&& v) {
    v(Table::VT_NEW_SHAPE, o.new_shape);
  }
};

template <>
struct OptionLayout<SpaceToDepthOptions> {
  using Table = schema::SpaceToDepthOptions;
  template <typename Visitor>
  static void visit(SpaceToDepthOptions& o, Visitor&& v) {
    v(Table::VT_BLOCK_SIZE, o.block_size);
  }
};

template <>
struct OptionLayout<DepthToSpaceOptions> {
  using Table = schema::DepthToSpaceOptions;
  template <typename Visitor>
  static void visit(DepthToSpaceOptions& o, Visitor&& v) {
    v(Table::VT_BLOCK_SIZE, o.block_size);
  }
};

template <>
struct OptionLayout<GatherOptions> {
  using Table = schema::GatherOptions;
  template <typename Visitor>
  static void visit(GatherOptions& o, Visitor&& v) {
    v(Table::VT_AXIS, o.axis);
    v(Table::VT_BATCH_DIMS, o.batch_dims);
  }
};

template <>
struct OptionLayout<ReducerOptions> {
  using Table = schema::ReducerOptions;
  template <typename Visitor>
  static void visit(ReducerOptions& o, Visitor&& v) {
    v(Table::VT_KEEP_DIMS, o.keep_dims);
  }
};

template <>
struct OptionLayout<SqueezeOptions> {
  using Table = schema::SqueezeOptions;
  template <typename Visitor>
  static void visit(SqueezeOptions& o, Visitor&& v) {
    v(Table::VT_SQUEEZE_DIMS, o.squeeze_dims);
  }
};

template <>
struct OptionLayout<StridedSliceOptions> {
  using Table = schema::StridedSliceOptions;
  template <typename Visitor>
  static void visit(StridedSliceOptions& o, Visitor&& v) {
    v(Table::VT_BEGIN_MASK, o.begin_mask);
    v(Table::VT_END_MASK, o.end_mask);
    v(Table::VT_ELLIPSIS_MASK, o.ellipsis_mask);
    v(Table::VT_NEW_AXIS_MASK, o.new_axis_mask);
    v(Table::VT_SHRINK_AXIS_MASK, o.shrink_axis_mask);
  }
};

template <>
struct OptionLayout<SplitOptions> {
  using Table = schema::SplitOptions;
  template <typename Visitor>
  static void visit(SplitOptions& o, Visitor&& v) {
    v(Table::VT_NUM_SPLITS, o.num_splits);
  }
};

template <>
struct OptionLayout<SplitVOptions> {
  using Table = schema::SplitVOptions;
  template <typename Visitor>
  static void visit(SplitVOptions& o, Visitor&& v) {
    v(Table::VT_NUM_SPLITS, o.num_splits);
  }
};

template <>
struct OptionLayout<CastOptions> {
  using Table = schema::CastOptions;
  template <typename Visitor>
  static void visit(CastOptions& o, Visitor&& v) {
    v(Table::VT_IN_TYPE, o.in_type);
    v(Table::VT_OUT_TYPE, o.out_type);
  }
};

template <>
struct OptionLayout<ArgMaxOptions> {
  using Table = schema::ArgMaxOptions;
  template <typename Visitor>
  static void visit(ArgMaxOptions& o, Visitor&& v) {
    v(Table::VT_OUTPUT_TYPE, o.output_type);
  }
};

template <>
struct OptionLayout<TransposeConvOptions> {
  using Table = schema::TransposeConvOptions;
  template <typename Visitor>
  static void visit(TransposeConvOptions& o, Visitor&& v) {
    v(Table::VT_PADDING, o.padding);
    v(Table::VT_STRIDE_W, o.stride_w);
    v(Table::VT_STRIDE_H, o.stride_h);
  }
};

template <>
struct OptionLayout<ShapeOptions> {
  using Table = schema::ShapeOptions;
  template <typename Visitor>
  static void visit(ShapeOptions& o, Visitor&& v) {
    v(Table::VT_OUT_TYPE, o.out_type);
  }
};

template <>
struct OptionLayout<FakeQuantOptions> {
  using Table = schema::FakeQuantOptions;
  template <typename Visitor>
  static void visit(FakeQuantOptions& o, Visitor&& v) {
    v(Table::VT_MIN, o.min);
    v(Table::VT_MAX, o.max);
    v(Table::VT_NUM_BITS, o.num_bits);
    v(Table::VT_NARROW_RANGE, o.narrow_range);
  }
};

template <>
struct OptionLayout<PackOptions> {
  using Table = schema::PackOptions;
  template <typename Visitor>
  static void visit(PackOptions& o, Visitor&& v) {
    v(Table::VT_VALUES_COUNT, o.values_count);
    v(Table::VT_AXIS, o.axis);
  }
};

template <>
struct OptionLayout<UnpackOptions> {
  using Table = schema::UnpackOptions;
  template <typename Visitor>
  static void visit(UnpackOptions& o, Visitor&& v) {
    v(Table::VT_NUM, o.num);
    v(Table::VT_AXIS, o.axis);
  }
};

template <>
struct OptionLayout<LeakyReluOptions> {
  using Table = schema::LeakyReluOptions;
  template <typename Visitor>
  static void visit(LeakyReluOptions& o, Visitor&& v) {
    v(Table::VT_ALPHA, o.alpha);
  }
};

template <>
struct OptionLayout<MirrorPadOptions> {
  using Table = schema::MirrorPadOptions;
  template <typename Visitor>
  static void visit(MirrorPadOptions& o, Visitor&& v) {
    v(Table::VT_MODE, o.mode);
  }
};

template <>
struct OptionLayout<BatchMatMulOptions> {
  using Table = schema::BatchMatMulOptions;
  template <typename Visitor>
  static void visit(BatchMatMulOptions& o, Visitor&& v) {
    v(Table::VT_ADJ_X, o.adj_x);
    v(Table::VT_ADJ_Y, o.adj_y);
    v(Table::VT_ASYMMETRIC_QUANTIZE_INPUTS, o.asymmetric_quantize_inputs);
  }
};

template <>
struct OptionLayout<GeluOptions> {
  using Table = schema::GeluOptions;
  template <typename Visitor>
  static void visit(GeluOptions& o, Visitor&& v) {
    v(Table::VT_APPROXIMATE, o.approximate);
  }
};

}  // namespace qbench::models
