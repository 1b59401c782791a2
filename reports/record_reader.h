// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "core/record.h"
#include "reports/comparison.h"

namespace qbench::reports {

/// A run as it lies on the disk.
struct StoredRun {
  std::filesystem::path folder;  ///< that the record's relative file names start from
  Record record;
  std::vector<CellPredictions> predictions;  ///< of the cells whose file is there
  std::vector<std::string> warnings;         ///< prediction files that are missing or unusable, one line each
};

/// `path` is a report.json or a result folder that holds one. Throws Error(kIo) when it cannot be read and
/// Error(kConfig) when it is no record, or one whose figures contradict each other.
[[nodiscard]] Record read_record(const std::filesystem::path& path);

/// The record and its predictions. A predictions file is only read inside the result folder; a bad one costs its cell's
/// predictions, not the record.
[[nodiscard]] StoredRun read_run(const std::filesystem::path& path);

/// Throws Error(kConfig) naming `source` when a figure is impossible (more right answers than images, a negative time,
/// a batch below 1, two cells with one id): what is computed from the record afterwards relies on these.
void check_record(const Record& record, std::string_view source);

}  // namespace qbench::reports
