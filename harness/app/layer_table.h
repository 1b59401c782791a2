// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "harness/variants/layer_errors.h"
#include "reports/console_table.h"

namespace qbench::app {

/// The ops of a comparison for a person: the ranking of those that add most error, at most `rows` of them, with SQNR,
/// worst channel and share of the multiply-accumulates, then how to read it. Ends with a newline.
[[nodiscard]] std::string layer_table(const std::vector<variants::LayerError>& errors, std::size_t rows,
                                      const reports::ConsoleStyle& style);

/// All ops in execution order, each with its rank (1: adds most error).
[[nodiscard]] nlohmann::ordered_json layer_json(const std::vector<variants::LayerError>& errors);

}  // namespace qbench::app
