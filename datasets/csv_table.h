// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace qbench::datasets {

struct CsvRow {
  std::size_t line = 0;  ///< where the row begins in the file, from 1
  std::vector<std::string> fields;
};

/// Reads a CSV file as RFC 4180 describes it, separated by commas, semicolons or tabs: fields in double quotes may hold
/// separators, line breaks and doubled quotes; blanks around a field, CRLF, a byte order mark and empty lines are
/// dropped. The separator is the one that the first lines hold equally often; of several tab, then semicolon; of none
/// the likeliest one in the first line. Throws Error(kDataset) naming file and line.
[[nodiscard]] std::vector<CsvRow> read_csv(const std::filesystem::path& file);

}  // namespace qbench::datasets
