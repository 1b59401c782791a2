// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "models/foreign_model.h"
#include "models/inspect.h"

namespace qbench::app {

/// What `qbench inspect` prints for people; names from files are made harmless for a terminal. Ends with a newline.
[[nodiscard]] std::string inspect_text(const models::ModelSummary& summary);
/// Its last line says that `run` will not take it, and `refusal` (refusal_of() of the file).
[[nodiscard]] std::string inspect_text(const models::ForeignModel& model, const std::string& refusal);

}  // namespace qbench::app
