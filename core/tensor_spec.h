// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace qbench {

/// Element type of a tensor.
enum class DType { kFloat32, kFloat16, kInt8, kUint8, kInt16, kInt32, kInt64, kBool };

[[nodiscard]] std::size_t dtype_bytes(DType dtype) noexcept;
/// The field's usual name: "float32", "uint8", ...
[[nodiscard]] std::string_view dtype_name(DType dtype) noexcept;

/// Affine quantization of a whole tensor: real = scale * (stored - zero_point). scale == 0 means "not quantized".
struct Quantization {
  float scale = 0.0F;
  std::int32_t zero_point = 0;
  [[nodiscard]] bool is_quantized() const noexcept { return scale != 0.0F; }
  bool operator==(const Quantization&) const = default;
};

/// A model input or output as plain values. core/classifier_view.h says which dimension is which.
struct TensorSpec {
  std::string name;
  std::vector<int> shape;
  DType dtype = DType::kFloat32;
  Quantization quantization;

  /// Product of the dimensions (1 for a scalar).
  [[nodiscard]] std::size_t element_count() const noexcept;
  [[nodiscard]] std::size_t byte_size() const noexcept { return element_count() * dtype_bytes(dtype); }
  bool operator==(const TensorSpec&) const = default;
};

/// "1x96x96x3" for messages and reports.
[[nodiscard]] std::string shape_text(const std::vector<int>& shape);

}  // namespace qbench
