// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace qbench::testing {

/// What in `value` breaks the JSON schema, one line each with the place ("$.cells[0].id"); empty when nothing does.
/// Stricter than the standard in one point: a property that the schema does not describe is a fault too, so that no
/// field can be added without its description. Knows the keywords that configs/schema uses; throws std::runtime_error
/// on any other, so that none is passed over in silence.
[[nodiscard]] std::vector<std::string> schema_faults(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace qbench::testing
