// SPDX-License-Identifier: Apache-2.0
#include "core/tensor_spec.h"

#include <fmt/ranges.h>

namespace qbench {

std::size_t dtype_bytes(DType dtype) noexcept {
  switch (dtype) {
    case DType::kFloat32:
    case DType::kInt32:
      return 4;
    case DType::kFloat16:
    case DType::kInt16:
      return 2;
    case DType::kInt64:
      return 8;
    case DType::kInt8:
    case DType::kUint8:
    case DType::kBool:
      return 1;
  }
  return 1;
}

std::string_view dtype_name(DType dtype) noexcept {
  switch (dtype) {
    case DType::kFloat32:
      return "float32";
    case DType::kFloat16:
      return "float16";
    case DType::kInt8:
      return "int8";
    case DType::kUint8:
      return "uint8";
    case DType::kInt16:
      return "int16";
    case DType::kInt32:
      return "int32";
    case DType::kInt64:
      return "int64";
    case DType::kBool:
      return "bool";
  }
  return "unknown";
}

std::size_t TensorSpec::element_count() const noexcept {
  std::size_t count = 1;
  for (int dim : shape) count *= dim > 0 ? static_cast<std::size_t>(dim) : 0;
  return count;
}

std::string shape_text(const std::vector<int>& shape) { return fmt::format("{}", fmt::join(shape, "x")); }

}  // namespace qbench
