// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <vector>

namespace qbench::testing {

/// What a place in a .tflite file says.
enum class PlaceKind {
  kShape,
  kVectorLength,
  kOperand,   ///< a tensor index of an operator
  kGraphEnd,  ///< a tensor index of the graph's inputs or outputs
  kOption,    ///< a field of an operator's options
  kOpCode,    ///< which operator, its version, an operator's opcode index
  kType,      ///< a tensor's element type
  kBuffer,    ///< a tensor's buffer index, or whether it is a variable
  kScale,
  kZeroPoint,  ///< zero points and the quantized dimension
  kConstant,   ///< an element of a small integer constant: shapes, axes, paddings
};

inline constexpr std::size_t kPlaceKinds = 11;
[[nodiscard]] std::string_view place_name(PlaceKind kind) noexcept;

/// A scalar in the file, little endian.
struct Place {
  PlaceKind kind = PlaceKind::kShape;
  std::size_t offset = 0;
  int bytes = 4;
  bool is_float = false;
};

/// Every such place of a well-formed file; empty when the file is not one.
[[nodiscard]] std::vector<Place> mutable_places(std::span<const std::byte> model);

/// A mutant and what was done to it.
struct Mutant {
  std::vector<std::byte> bytes;
  std::vector<PlaceKind> changed;
};

/// Changes one to four of the places: to 0, 1, -1, extremes, neighbours of the old value,
/// values copied from another place of the same kind, and for floats zero, negative, tiny, huge, infinite, NaN.
/// `model` and `places` belong together, and `places` is not empty.
[[nodiscard]] Mutant mutate(std::span<const std::byte> model, std::span<const Place> places, std::mt19937_64& random);

}  // namespace qbench::testing
