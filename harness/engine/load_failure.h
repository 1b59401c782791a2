// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/error.h"
#include "core/record.h"
#include "harness/engine/model_check.h"
#include "harness/engine/plan.h"

namespace qbench::engine {

/// A failed load in our words, where the file needs what this runtime lacks (ModelFacts::needs) and no delegate was
/// given that might have had it: then the model is unsupported, a result, not an error. The runtime's own words stay in
/// parentheses. Anything else, and a crash or a missed deadline whatever the file needs, is returned as it is.
[[nodiscard]] Outcome explained(Outcome outcome, const ModelFacts& facts, const CellPlan& cell);

/// The same for a model that is loaded in this process.
[[nodiscard]] Error explained(const Error& error, const ModelFacts& facts, const CellPlan& cell);

}  // namespace qbench::engine
