// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "reports/console_table.h"
#include "reports/history/check.h"

namespace qbench::reports::history {

/// One line a series, then what was found and what to do about it, then "state: <check_state_name>" as the last line.
[[nodiscard]] std::string check_text(const CheckReport& report, const ConsoleStyle& style = {});

/// The same for machines. Changes are fractions: 0.02 is 2 % slower.
[[nodiscard]] nlohmann::ordered_json check_json(const CheckReport& report);

/// "+2.1 %" of a ln ratio.
[[nodiscard]] std::string change_text(double log_ratio);

}  // namespace qbench::reports::history
