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

/// The same as a JUnit file for CI systems: a case for each series and each gate. What is still to be confirmed or was
/// not measured for good reasons is skipped, alarms fail.
[[nodiscard]] std::string check_junit(const CheckReport& report);

/// "+2.10": percent of a ln ratio.
[[nodiscard]] std::string change_text(double log_ratio);

/// "2026-01-31T12:00", or the day alone; with " ?" when the date is impossible, "no date" when there is none.
[[nodiscard]] std::string date_text(std::int64_t created, DateMark mark, bool day_alone = false);

}  // namespace qbench::reports::history
