// SPDX-License-Identifier: Apache-2.0
#include "models/tensor_type.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace qbench::models {
namespace {

struct TypeRow {
  std::string_view name;
  std::size_t bytes;
  std::optional<DType> dtype;
};

constexpr std::array<TypeRow, 18> kTypes = {{
    {"float32", 4, DType::kFloat32},
    {"float16", 2, DType::kFloat16},
    {"int32", 4, DType::kInt32},
    {"uint8", 1, DType::kUint8},
    {"int64", 8, DType::kInt64},
    {"string", 0, std::nullopt},
    {"bool", 1, DType::kBool},
    {"int16", 2, DType::kInt16},
    {"complex64", 8, std::nullopt},
    {"int8", 1, DType::kInt8},
    {"float64", 8, std::nullopt},
    {"complex128", 16, std::nullopt},
    {"uint64", 8, std::nullopt},
    {"resource", 0, std::nullopt},
    {"variant", 0, std::nullopt},
    {"uint32", 4, std::nullopt},
    {"uint16", 2, std::nullopt},
    {"int4", 0, std::nullopt},
}};

const TypeRow* row_of(TensorType type) noexcept {
  const auto number = static_cast<int>(type);
  if (number < 0 || number >= static_cast<int>(kTypes.size())) {
    return nullptr;
  }
  return &kTypes[static_cast<std::size_t>(number)];
}

}  // namespace

std::string type_name(TensorType type) {
  const TypeRow* row = row_of(type);
  return row != nullptr ? std::string(row->name) : fmt::format("type {}", static_cast<int>(type));
}

std::size_t type_bytes(TensorType type) noexcept {
  const TypeRow* row = row_of(type);
  return row != nullptr ? row->bytes : 0;
}

std::optional<DType> to_dtype(TensorType type) noexcept {
  const TypeRow* row = row_of(type);
  return row != nullptr ? row->dtype : std::nullopt;
}

}  // namespace qbench::models
