// SPDX-License-Identifier: Apache-2.0
#include "harness/app/limit_flags.h"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/app/option_flags.h"

namespace qbench::app {
namespace {

using Row = Option<engine::RunSettings>;

const std::vector<Row>& limit_rows() {
  static const std::vector<Row> rows = [] {
    constexpr std::array<std::string_view, 3> kNames = {"load_timeout_s", "request_timeout_s", "memory_limit_mb"};
    std::vector<Row> found;
    for (const Row& row : engine::run_option_table()) {
      if (std::ranges::find(kNames, row.name) != kNames.end()) found.push_back(row);
    }
    return found;
  }();
  return rows;
}

}  // namespace

void add_limit_flags(CLI::App& command, LimitFlags& flags) {
  add_option_flags<engine::RunSettings>(command, limit_rows(), flags.values, flags.given);
}

void apply_limits(const LimitFlags& flags, engine::RunSettings& settings) {
  for (const Row& row : limit_rows()) check_option(row, flags.values, "the command line");
  apply_given<engine::RunSettings>(limit_rows(), flags.values, flags.given, settings);
}

}  // namespace qbench::app
