// SPDX-License-Identifier: Apache-2.0
#pragma once

// For .cc files that turn plain structs into JSON and back. A struct is described once, by a function template
//     template <json_fields::Is<Point> T, typename Visit>
//     static void visit_fields(T& point, Visit& visit) { visit("x", point.x); visit("y", point.y); }
// in the struct's own namespace (not an unnamed one: argument-dependent lookup must find it). Writer and reader below
// both go through it, so that no key can be written and not read.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/error.h"

namespace qbench::json_fields {

/// T is `Struct` or const Struct.
template <typename T, typename Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <typename T>
struct IsVector : std::false_type {};
template <typename T>
struct IsVector<std::vector<T>> : std::true_type {};
template <typename T>
struct IsMap : std::false_type {};
template <typename T>
struct IsMap<std::map<std::string, T>> : std::true_type {};

template <typename T>
[[nodiscard]] nlohmann::json write(const T& value);

class Writer {
 public:
  template <typename T>
  void operator()(const char* key, const T& value) {
    json_[key] = write(value);
  }
  [[nodiscard]] nlohmann::json take() { return std::move(json_); }

 private:
  nlohmann::json json_ = nlohmann::json::object();
};

/// A missing optional becomes null, an enumerator the text that enum_texts(value) lists for it.
template <typename T>
nlohmann::json write(const T& value) {
  if constexpr (IsOptional<T>::value) {
    return value ? write(*value) : nlohmann::json(nullptr);
  } else if constexpr (IsVector<T>::value) {
    nlohmann::json array = nlohmann::json::array();
    for (const auto& item : value) array.push_back(write(item));
    return array;
  } else if constexpr (IsMap<T>::value) {
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [key, item] : value) object[key] = write(item);
    return object;
  } else if constexpr (std::is_enum_v<T>) {
    return nlohmann::json(enum_texts(value)[static_cast<std::size_t>(value)]);
  } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
    return nlohmann::json(value);
  } else {
    Writer writer;
    visit_fields(value, writer);
    return writer.take();
  }
}

[[noreturn]] inline void wrong_type(const std::string& where, const char* expected) {
  throw Error(ErrorCode::kConfig, "'{}' must be {}", where, expected);
}

/// `where` is the key's path for the message. null leaves the value at its default.
/// Throws Error(kConfig) for a wrong type, a number out of range or an unknown enumerator.
template <typename T>
void read(const nlohmann::json& json, T& value, const std::string& where);

class Reader {
 public:
  Reader(const nlohmann::json& json, std::string where) : json_(json), where_(std::move(where)) {}
  template <typename T>
  void operator()(const char* key, T& value) {
    const auto found = json_.find(key);
    if (found != json_.end()) read(*found, value, where_ + "." + key);
  }

 private:
  const nlohmann::json& json_;
  std::string where_;
};

template <std::integral T>
void read_integer(const nlohmann::json& json, T& value, const std::string& where) {
  const bool fits = json.is_number_unsigned() ? std::in_range<T>(json.get<std::uint64_t>())
                                              : json.is_number_integer() && std::in_range<T>(json.get<std::int64_t>());
  if (!fits) wrong_type(where, "a whole number in range");
  value = json.get<T>();
}

template <typename T>
void read_enum(const nlohmann::json& json, T& value, const std::string& where) {
  const auto texts = enum_texts(value);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (json == nlohmann::json(texts[i])) {
      value = static_cast<T>(i);
      return;
    }
  }
  wrong_type(where, "one of the known words");
}

template <typename T>
void read_array(const nlohmann::json& json, std::vector<T>& value, const std::string& where) {
  if (!json.is_array()) wrong_type(where, "an array");
  value.clear();
  for (const nlohmann::json& item : json) read(item, value.emplace_back(), where + "[]");
}

template <typename T>
void read_map(const nlohmann::json& json, std::map<std::string, T>& value, const std::string& where) {
  if (!json.is_object()) wrong_type(where, "an object");
  value.clear();
  const std::string prefix = where + ".";
  for (const auto& [key, item] : json.items()) read(item, value[key], prefix + key);
}

template <typename T>
void read(const nlohmann::json& json, T& value, const std::string& where) {
  if (json.is_null()) return;
  if constexpr (IsOptional<T>::value) {
    read(json, value.emplace(), where);
  } else if constexpr (IsVector<T>::value) {
    read_array(json, value, where);
  } else if constexpr (IsMap<T>::value) {
    read_map(json, value, where);
  } else if constexpr (std::is_enum_v<T>) {
    read_enum(json, value, where);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!json.is_boolean()) wrong_type(where, "true or false");
    value = json.get<bool>();
  } else if constexpr (std::is_integral_v<T>) {
    read_integer(json, value, where);
  } else if constexpr (std::is_floating_point_v<T>) {
    if (!json.is_number()) wrong_type(where, "a number");
    value = json.get<T>();
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (!json.is_string()) wrong_type(where, "a text");
    value = json.get<std::string>();
  } else {
    if (!json.is_object()) wrong_type(where, "an object");
    Reader reader(json, where);
    visit_fields(value, reader);
  }
}

}  // namespace qbench::json_fields
