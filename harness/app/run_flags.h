// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/app/option_flags.h"
#include "harness/engine/plan.h"

namespace qbench::app {

/// The command line of a subcommand that runs a plan, as given; empty means "not given".
struct RunFlags {
  std::string config;
  std::vector<std::string> models;
  std::string data, list, labels, recipe;
  std::string class_order;
  std::optional<int> label_offset;
  std::size_t limit = 0;
  std::vector<int> batches, threads;
  std::vector<std::string> kernels, libraries;
  std::string delegate;
  std::vector<std::string> delegate_options;
  std::vector<std::string> gates;
  std::string output, resume;
  bool trust = false;                ///< beside resume: run what its plan names (harness/app/trust.h)
  std::vector<std::string> workers;  ///< of the builds that the command line names, absolute
  std::string sustain;
  std::vector<std::string> formats;
  TensorFlags tensors;
  engine::RunSettings settings;
  std::set<std::string> given_settings;
};

/// A flag with one value; given twice, the later one wins.
template <typename Value>
void add_single(CLI::App& command, const std::string& name, Value& value, const std::string& help) {
  CLI::Option* flag = command.add_option(name, value, help)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if constexpr (std::is_unsigned_v<Value>) flag->check(not_negative());
}

/// A flag with values between commas, or given more than once.
template <typename Value>
void add_list(CLI::App& command, const std::string& name, std::vector<Value>& values, const std::string& help) {
  command.add_option(name, values, help)->delimiter(',');
}

/// Those that say which cells there are: models, batches, threads, kernels, libraries, delegate.
void add_cell_flags(CLI::App& command, RunFlags& flags);

/// --label-offset, for every command that judges labels.
void add_class_order_flag(CLI::App& command, std::string& class_order);
void add_label_offset_flag(CLI::App& command, std::optional<int>& label_offset);

/// Every flag but `config`, which each command takes in its own way. `flags` must outlive the parse.
void add_run_flags(CLI::App& command, RunFlags& flags);

/// A path of the command line, made absolute: a plan is read back from another folder.
[[nodiscard]] std::string absolute_path(const std::string& path);
/// The same for a runtime library, whose bare name is for the loader's search path.
[[nodiscard]] std::string absolute_library(const std::string& library);

/// NAME=FILE taken apart; the name is empty for a bare FILE, and a file that exists under the whole text is not split.
struct NamedModel {
  std::string name;
  std::string file;  ///< absolute
};
[[nodiscard]] NamedModel named_model(const std::string& text);

/// The config's plan with the command line laid over it. Throws Error(kUsage, kConfig, kIo).
[[nodiscard]] engine::Plan plan_from_flags(const RunFlags& flags);

/// Throws Error when the plan holds nothing to run, a model file that is not there, or settings that contradict.
void check_plan(const engine::Plan& plan);

/// The report formats asked for, by name; all of them when none was. Throws Error(kConfig) on an unknown one.
[[nodiscard]] std::vector<std::string> wanted_formats(const RunFlags& flags);

}  // namespace qbench::app
