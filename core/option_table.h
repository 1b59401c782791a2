// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/nearest.h"

namespace qbench {

/// One option of a settings struct S: the only place that states its name, help, limits and choices. The row drives the
/// config reader, the command line, --help, the dump of effective settings and the docs. Names are snake_case; the
/// command line writes them with dashes. The default is the struct's in-class one.
template <typename S>
struct Option {
  using Field = std::variant<int S::*, std::uint64_t S::*, double S::*, bool S::*, std::string S::*>;
  std::string_view name;
  Field field;
  std::string_view help;
  double min = std::numeric_limits<double>::lowest();
  double max = std::numeric_limits<double>::max();
  std::vector<std::string_view> choices = {};
};

namespace detail {

template <typename T>
constexpr std::string_view json_type_wanted() {
  if constexpr (std::is_same_v<T, bool>) return "true or false";
  if constexpr (std::is_same_v<T, std::string>) return "a string";
  if constexpr (std::is_integral_v<T>) return "a whole number";
  return "a number";
}

template <typename T>
bool json_type_fits(const nlohmann::json& value) {
  if constexpr (std::is_same_v<T, bool>) return value.is_boolean();
  if constexpr (std::is_same_v<T, std::string>) return value.is_string();
  if constexpr (std::is_integral_v<T>) return value.is_number_integer();
  return value.is_number();
}

}  // namespace detail

/// Throws Error(kConfig) when the value breaks the row's limits or choices. `where` names the file or flag.
template <typename S>
void check_option(const Option<S>& option, const S& settings, std::string_view where) {
  std::visit(
      [&](auto field) {
        const auto& value = settings.*field;
        using T = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<T, std::string>) {
          if (option.choices.empty()) return;
          for (std::string_view choice : option.choices) {
            if (choice == value) return;
          }
          throw Error(ErrorCode::kConfig, "{}: '{}' is '{}'; it must be one of {}", where, option.name, value,
                      fmt::join(option.choices, ", "));
        } else if constexpr (!std::is_same_v<T, bool>) {
          const auto number = static_cast<double>(value);
          if (number >= option.min && number <= option.max) return;
          throw Error(ErrorCode::kConfig, "{}: '{}' is {}; it must be between {} and {}", where, option.name, value,
                      option.min, option.max);
        }
      },
      option.field);
}

/// Sets one field from a JSON value. Throws Error(kConfig) on a wrong type or a value out of range.
template <typename S>
void set_option(const Option<S>& option, S& settings, const nlohmann::json& value, std::string_view where) {
  std::visit(
      [&](auto field) {
        using T = std::decay_t<decltype(settings.*field)>;
        if (!detail::json_type_fits<T>(value)) {
          throw Error(ErrorCode::kConfig, "{}: '{}' must be {}, not {}", where, option.name,
                      detail::json_type_wanted<T>(), value.dump());
        }
        settings.*field = value.get<T>();
      },
      option.field);
  check_option(option, settings, where);
}

/// Reads every key of the JSON object. Throws Error(kConfig) on an unknown key, naming the nearest known one.
template <typename S>
void read_options(std::span<const Option<S>> table, S& settings, const nlohmann::json& object, std::string_view where) {
  if (!object.is_object()) throw Error(ErrorCode::kConfig, "{}: must be a JSON object", where);
  for (const auto& [key, value] : object.items()) {
    const Option<S>* match = nullptr;
    std::vector<std::string> names;
    for (const Option<S>& option : table) {
      names.emplace_back(option.name);
      if (option.name == key) match = &option;
    }
    if (match == nullptr)
      throw Error(ErrorCode::kConfig, "{}: unknown key '{}'{}", where, key, nearest_hint(key, names));
    set_option(*match, settings, value, where);
  }
}

/// The effective value of every option, in the table's order.
template <typename S>
nlohmann::ordered_json dump_options(std::span<const Option<S>> table, const S& settings) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const Option<S>& option : table) {
    std::visit([&](auto field) { object[std::string(option.name)] = settings.*field; }, option.field);
  }
  return object;
}

}  // namespace qbench
