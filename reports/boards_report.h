// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "reports/bit_check.h"
#include "reports/comparison.h"
#include "reports/record_reader.h"
#include "reports/text_table.h"

namespace qbench::reports {

/// The run of one board in a report over several.
struct BoardRun {
  std::string name;  ///< unique among the boards
  StoredRun run;
  Comparison comparison;
};

/// The checks between two of the boards, by their places in BoardsReport::boards.
struct BoardPair {
  std::size_t first = 0;
  std::size_t second = 0;
  std::vector<BitCheck> checks;
};

struct BoardsReport {
  std::vector<BoardRun> boards;
  std::vector<BoardPair> pairs;  ///< every two boards that hold the same integer model
};

/// What a record's own reports were judged by.
using SettingsOfRecord = std::function<ComparisonSettings(const Record&)>;

/// Compares each run's cells, as its own reports do, and every pair of boards. Boards of one name are told apart by a
/// number.
[[nodiscard]] BoardsReport make_boards_report(std::vector<StoredRun> runs, const SettingsOfRecord& settings_of);

/// One row a variant and board, the boards of a variant below each other: latency, accuracy, size, energy. Times of
/// different boards stand beside each other; verdicts do not cross boards.
[[nodiscard]] TextTable across_boards_table(const BoardsReport& report);

/// One row a bit-exactness check.
[[nodiscard]] TextTable bit_check_table(const BoardsReport& report);

[[nodiscard]] std::string boards_markdown(const BoardsReport& report);
[[nodiscard]] std::string boards_html(const BoardsReport& report);
/// {"schema": "qbench.boards/1", "boards": [...], "bit_checks": [...]}
[[nodiscard]] std::string boards_json(const BoardsReport& report);

/// Writes boards.md, boards.html and boards.json into `folder`, which exists. Throws Error(kIo).
void write_boards_report(const BoardsReport& report, const std::filesystem::path& folder);

}  // namespace qbench::reports
