// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/record.h"

namespace qbench::reports {

// Plain lines about a run that the Markdown and HTML reports share; names in them are as they came.

/// The board in a few lines; what it does not tell is left out.
[[nodiscard]] std::vector<std::string> board_lines(const Board& board);

/// The accelerators of the cells, before and after, and what their compiler mapped; empty without one.
[[nodiscard]] std::vector<std::string> accelerator_lines(const Record& record);

/// How this record's figures came about: order, warm-up, clock, intervals.
[[nodiscard]] std::vector<std::string> method_lines(const Record& record);

/// How many images were skipped, and the first of them with the reason; empty when none was.
[[nodiscard]] std::string skipped_sentence(const Record& record);

/// The images and the first 50 that were skipped, with the reason; empty without a dataset.
[[nodiscard]] std::vector<std::string> dataset_lines(const Record& record);

/// The threshold of a model with one output value, and which would be right more often on the same images; "" for
/// other models.
[[nodiscard]] std::string threshold_sentence(const CellRecord& cell);
/// That, and what equal scores leave open of top-1 and top-5.
[[nodiscard]] std::vector<std::string> accuracy_sentences(const CellRecord& cell);
/// The same of every cell, with its name.
[[nodiscard]] std::vector<std::string> accuracy_lines(const Record& record);
/// Warnings of the run and of its cells, and what was repaired in their models.
[[nodiscard]] std::vector<std::string> warning_lines(const Record& record);

/// What was repaired in the cell's model, one line each, the first few of them.
[[nodiscard]] std::vector<std::string> repair_sentences(const CellRecord& cell);

/// The effective settings, one line of JSON each.
[[nodiscard]] std::vector<std::string> settings_lines(const Record& record);

}  // namespace qbench::reports
