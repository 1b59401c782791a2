// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace qbench::testing {

// Protobuf's wire format by hand, so that tests do not lean on the code that they test.
inline std::string wire_varint(std::uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  return bytes + static_cast<char>(value);
}
inline std::string wire_number(int field, std::uint64_t value) {
  return wire_varint(static_cast<std::uint64_t>(field) << 3) + wire_varint(value);
}
inline std::string wire_text(int field, std::string_view bytes) {
  return wire_varint((static_cast<std::uint64_t>(field) << 3) | 2) + wire_varint(bytes.size()) + std::string(bytes);
}

}  // namespace qbench::testing
