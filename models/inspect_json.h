// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "models/inspect.h"

namespace qbench::models {

/// The summary for machines: every field, sizes in bytes, text as clean UTF-8. Keys are stable.
[[nodiscard]] nlohmann::json to_json(const ModelSummary& summary);

}  // namespace qbench::models
