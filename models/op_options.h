// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "models/tensor_type.h"

namespace qbench::models {

enum class Padding : std::int8_t { kSame = 0, kValid = 1 };
enum class Activation : std::int8_t { kNone = 0, kRelu = 1, kReluN1To1 = 2, kRelu6 = 3, kTanh = 4, kSignBit = 5 };

/// One struct for each option table of the format that qbench understands, with the format's defaults. Fields keep
/// whatever number the file had; models/validator.h says which are sane.
struct Conv2DOptions {
  Padding padding = Padding::kSame;
  int stride_w = 0;
  int stride_h = 0;
  Activation activation = Activation::kNone;
  int dilation_w = 1;
  int dilation_h = 1;
  bool operator==(const Conv2DOptions&) const = default;
};

struct DepthwiseConv2DOptions {
  Padding padding = Padding::kSame;
  int stride_w = 0;
  int stride_h = 0;
  int depth_multiplier = 0;
  Activation activation = Activation::kNone;
  int dilation_w = 1;
  int dilation_h = 1;
  bool operator==(const DepthwiseConv2DOptions&) const = default;
};

/// AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D.
struct Pool2DOptions {
  Padding padding = Padding::kSame;
  int stride_w = 0;
  int stride_h = 0;
  int filter_w = 0;
  int filter_h = 0;
  Activation activation = Activation::kNone;
  bool operator==(const Pool2DOptions&) const = default;
};

struct FullyConnectedOptions {
  Activation activation = Activation::kNone;
  std::int8_t weights_format = 0;
  bool keep_num_dims = false;
  bool asymmetric_quantize_inputs = false;
  bool operator==(const FullyConnectedOptions&) const = default;
};

struct SoftmaxOptions {
  float beta = 0.0F;
  bool operator==(const SoftmaxOptions&) const = default;
};

struct ConcatenationOptions {
  int axis = 0;
  Activation activation = Activation::kNone;
  bool operator==(const ConcatenationOptions&) const = default;
};

struct AddOptions {
  Activation activation = Activation::kNone;
  bool pot_scale_int16 = true;
  bool operator==(const AddOptions&) const = default;
};

struct SubOptions {
  Activation activation = Activation::kNone;
  bool pot_scale_int16 = true;
  bool operator==(const SubOptions&) const = default;
};

struct MulOptions {
  Activation activation = Activation::kNone;
  bool operator==(const MulOptions&) const = default;
};

struct DivOptions {
  Activation activation = Activation::kNone;
  bool operator==(const DivOptions&) const = default;
};

struct L2NormOptions {
  Activation activation = Activation::kNone;
  bool operator==(const L2NormOptions&) const = default;
};

struct LocalResponseNormalizationOptions {
  int radius = 0;
  float bias = 0.0F;
  float alpha = 0.0F;
  float beta = 0.0F;
  bool operator==(const LocalResponseNormalizationOptions&) const = default;
};

struct ResizeBilinearOptions {
  bool align_corners = false;
  bool half_pixel_centers = false;
  bool operator==(const ResizeBilinearOptions&) const = default;
};

struct ResizeNearestNeighborOptions {
  bool align_corners = false;
  bool half_pixel_centers = false;
  bool operator==(const ResizeNearestNeighborOptions&) const = default;
};

struct ReshapeOptions {
  std::vector<int> new_shape;
  bool operator==(const ReshapeOptions&) const = default;
};

struct SpaceToDepthOptions {
  int block_size = 0;
  bool operator==(const SpaceToDepthOptions&) const = default;
};

struct DepthToSpaceOptions {
  int block_size = 0;
  bool operator==(const DepthToSpaceOptions&) const = default;
};

struct GatherOptions {
  int axis = 0;
  int batch_dims = 0;
  bool operator==(const GatherOptions&) const = default;
};

/// MEAN, SUM, REDUCE_*.
struct ReducerOptions {
  bool keep_dims = false;
  bool operator==(const ReducerOptions&) const = default;
};

struct SqueezeOptions {
  std::vector<int> squeeze_dims;
  bool operator==(const SqueezeOptions&) const = default;
};

struct StridedSliceOptions {
  int begin_mask = 0;
  int end_mask = 0;
  int ellipsis_mask = 0;
  int new_axis_mask = 0;
  int shrink_axis_mask = 0;
  bool operator==(const StridedSliceOptions&) const = default;
};

struct SplitOptions {
  int num_splits = 0;
  bool operator==(const SplitOptions&) const = default;
};

struct SplitVOptions {
  int num_splits = 0;
  bool operator==(const SplitVOptions&) const = default;
};

struct CastOptions {
  TensorType in_type = TensorType::kFloat32;
  TensorType out_type = TensorType::kFloat32;
  bool operator==(const CastOptions&) const = default;
};

struct ArgMaxOptions {
  TensorType output_type = TensorType::kFloat32;
  bool operator==(const ArgMaxOptions&) const = default;
};

struct TransposeConvOptions {
  Padding padding = Padding::kSame;
  int stride_w = 0;
  int stride_h = 0;
  bool operator==(const TransposeConvOptions&) const = default;
};

struct ShapeOptions {
  TensorType out_type = TensorType::kFloat32;
  bool operator==(const ShapeOptions&) const = default;
};

struct FakeQuantOptions {
  float min = 0.0F;
  float max = 0.0F;
  int num_bits = 0;
  bool narrow_range = false;
  bool operator==(const FakeQuantOptions&) const = default;
};

struct PackOptions {
  int values_count = 0;
  int axis = 0;
  bool operator==(const PackOptions&) const = default;
};

struct UnpackOptions {
  int num = 0;
  int axis = 0;
  bool operator==(const UnpackOptions&) const = default;
};

struct LeakyReluOptions {
  float alpha = 0.0F;
  bool operator==(const LeakyReluOptions&) const = default;
};

struct MirrorPadOptions {
  std::int8_t mode = 0;  ///< 0 reflect, 1 symmetric
  bool operator==(const MirrorPadOptions&) const = default;
};

struct BatchMatMulOptions {
  bool adj_x = false;
  bool adj_y = false;
  bool asymmetric_quantize_inputs = false;
  bool operator==(const BatchMatMulOptions&) const = default;
};

struct GeluOptions {
  bool approximate = false;
  bool operator==(const GeluOptions&) const = default;
};

/// Any other option table of scalars, empty ones included (PadOptions, TransposeOptions, ...): the bytes of each field
/// that is present, little endian. Empty tables have no fields.
struct RawOptions {
  struct Field {
    int id = 0;
    std::vector<std::byte> bytes;  ///< 1, 2, 4 or 8
    bool operator==(const Field&) const = default;
  };
  int union_number = 0;
  std::vector<Field> fields;
  bool operator==(const RawOptions&) const = default;
};

/// std::monostate: the operator has no option table.
using OperatorOptions =
    std::variant<std::monostate, Conv2DOptions, DepthwiseConv2DOptions, Pool2DOptions, FullyConnectedOptions,
                 SoftmaxOptions, ConcatenationOptions, AddOptions, L2NormOptions, LocalResponseNormalizationOptions,
                 ResizeBilinearOptions, ReshapeOptions, SpaceToDepthOptions, MulOptions, GatherOptions, ReducerOptions,
                 SubOptions, DivOptions, SqueezeOptions, StridedSliceOptions, SplitOptions, CastOptions, ArgMaxOptions,
                 TransposeConvOptions, ShapeOptions, FakeQuantOptions, PackOptions, UnpackOptions,
                 ResizeNearestNeighborOptions, LeakyReluOptions, MirrorPadOptions, SplitVOptions, DepthToSpaceOptions,
                 BatchMatMulOptions, GeluOptions, RawOptions>;

/// The fused activation of whatever options carry one; kNone for all others.
[[nodiscard]] Activation fused_activation(const OperatorOptions& options);

}  // namespace qbench::models
