// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/error.h"

namespace qbench::variants {

/// Plain values as bytes on the way between two processes of one program.
class ByteWriter {
 public:
  template <typename T>
  void put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  template <typename T>
  void put_all(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads them back in the same order. Throws Error(kRuntime) at the end of the bytes.
class ByteReader {
 public:
  explicit ByteReader(std::span<const char> bytes) : bytes_(bytes) {}

  template <typename T>
  [[nodiscard]] T get() {
    T value{};
    std::memcpy(&value, next(sizeof value).data(), sizeof value);
    return value;
  }
  template <typename T>
  [[nodiscard]] std::vector<T> get_all() {
    const auto count = get<std::size_t>();
    if (count > bytes_.size() / sizeof(T)) throw Error(ErrorCode::kRuntime, "a child process sent too little");
    std::vector<T> values(count);
    const std::span<const char> source = next(count * sizeof(T));
    if (count > 0) std::memcpy(values.data(), source.data(), source.size());
    return values;
  }

 private:
  std::span<const char> next(std::size_t size) {
    if (size > bytes_.size()) throw Error(ErrorCode::kRuntime, "a child process sent too little");
    const std::span<const char> piece = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return piece;
  }
  std::span<const char> bytes_;
};

}  // namespace qbench::variants
