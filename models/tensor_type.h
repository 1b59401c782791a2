// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/tensor_spec.h"

namespace qbench::models {

/// Element types by their number in the file (the runtime numbers them differently).
enum class TensorType : std::int8_t {
  kFloat32 = 0,
  kFloat16 = 1,
  kInt32 = 2,
  kUint8 = 3,
  kInt64 = 4,
  kString = 5,
  kBool = 6,
  kInt16 = 7,
  kComplex64 = 8,
  kInt8 = 9,
  kFloat64 = 10,
  kComplex128 = 11,
  kUint64 = 12,
  kResource = 13,
  kVariant = 14,
  kUint32 = 15,
  kUint16 = 16,
  kInt4 = 17,
};

/// "float32", "int8", ...; "type <number>" for an unknown one.
[[nodiscard]] std::string type_name(TensorType type);

/// Bytes of one element; 0 for types without a fixed whole number of bytes (string, resource, variant, int4, unknown).
[[nodiscard]] std::size_t type_bytes(TensorType type) noexcept;

/// The domain's element type, when it has one.
[[nodiscard]] std::optional<DType> to_dtype(TensorType type) noexcept;

}  // namespace qbench::models
