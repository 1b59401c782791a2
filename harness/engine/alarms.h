// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/predictions.h"

namespace qbench::engine {

/// Signs that a model was fed or read the wrong way, one line each: top-1 that cannot be told from guessing, and labels
/// that are off by one (the class before or after the right one is predicted far more often than the right one).
[[nodiscard]] std::vector<std::string> accuracy_alarms(std::span<const Prediction> predictions, int classes);

}  // namespace qbench::engine
