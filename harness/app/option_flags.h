// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <set>
#include <string>

#include "core/option_table.h"

namespace qbench::app {

/// Where image and scores are in a model's tensors, for models that leave it open; empty: by the rule of
/// core/classifier_view.h.
struct TensorFlags {
  std::string output;
  std::string image_size;
  std::string one_value;
};

void add_tensor_flags(CLI::App& command, TensorFlags& flags);

/// "max_seconds" -> "--max-seconds".
[[nodiscard]] std::string flag_name(std::string_view option);

/// Refuses negative numbers. For every unsigned option: CLI11 2.1 would wrap "-1" around to a huge number.
[[nodiscard]] CLI::Validator not_negative();

/// Adds one flag for each row of the table to `command`; a bool becomes --name / --no-name. Flags that the user gives
/// are written into `values`; the names of those given end up in `given`. Both must outlive the parse.
template <typename S>
void add_option_flags(CLI::App& command, std::span<const Option<S>> table, S& values, std::set<std::string>& given) {
  for (const Option<S>& option : table) {
    std::visit(
        [&](auto field) {
          using T = std::decay_t<decltype(values.*field)>;
          const std::string name = flag_name(option.name);
          CLI::Option* flag = nullptr;
          if constexpr (std::is_same_v<T, bool>) {
            flag = command.add_flag(name + ",!--no-" + name.substr(2), values.*field, std::string(option.help));
          } else {
            flag = command.add_option(name, values.*field, std::string(option.help))->capture_default_str();
          }
          if constexpr (std::is_unsigned_v<T> && !std::is_same_v<T, bool>) flag->check(not_negative());
          flag->group("Settings")->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
          flag->each([&given, row = std::string(option.name)](const std::string&) { given.insert(row); });
        },
        option.field);
  }
}

/// Copies the given fields from `values` into `settings`: the command line wins over the config.
template <typename S>
void apply_given(std::span<const Option<S>> table, const S& values, const std::set<std::string>& given, S& settings) {
  for (const Option<S>& option : table) {
    if (!given.contains(std::string(option.name))) continue;
    std::visit([&](auto field) { settings.*field = values.*field; }, option.field);
  }
}

}  // namespace qbench::app
