// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/comparison.h"

namespace qbench::reports {

/// The "comparison" object of report.json: the fields of the structs under their own names, null where a value is
/// missing, never NaN.
[[nodiscard]] nlohmann::ordered_json comparison_to_json(const Comparison& comparison);

}  // namespace qbench::reports
