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

/// Of a model whose one value is taken for log-odds although nobody said so: whether all values lie in 0 .. 1, as those
/// of a probability would. The question to ask then; else "". `predictions` are of two_class_scores().
[[nodiscard]] std::string one_value_question(std::span<const Prediction> predictions);

/// Of a model that answers with one value: whether it seems to mean the first class, not the second. A line, or "".
[[nodiscard]] std::string reversed_alarm(std::span<const Prediction> predictions);

}  // namespace qbench::engine
