// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/engine/plan.h"
#include "harness/engine/run.h"
#include "reports/comparison.h"
#include "reports/report_writer.h"

namespace qbench::app {

/// Keeps predictions as predictions/<cell>.csv below the folder.
[[nodiscard]] engine::PredictionStore csv_prediction_store(const std::filesystem::path& folder,
                                                           const datasets::Dataset& dataset);

/// What a finished run is written into and shown from.
struct RunOutput {
  std::filesystem::path folder;
  std::vector<std::string> formats;  ///< report formats by name
  bool quiet = false;
};

/// The margins and looks of a run, as its reports must judge it.
[[nodiscard]] reports::ComparisonSettings comparison_settings(const engine::RunSettings& settings);

/// A run with what its figures say.
struct JudgedRun {
  Record record;
  std::vector<reports::CellPredictions> predictions;
  reports::Comparison comparison;
  std::vector<reports::CheckedGate> gates;
  bool finished_before = false;  ///< a resumed run had nothing to do: the reports that lie there stay as they are
};

[[nodiscard]] JudgedRun judge_run(engine::RunResult result, const reports::ComparisonSettings& settings);

/// Writes the report files; of a run that was finished before only those that are missing. Throws Error(kIo) naming
/// those that cannot be written, after trying them all.
void write_reports(const JudgedRun& run, const datasets::Dataset* dataset, const RunOutput& output);

/// Prints the table that a person reads after a run.
void print_run(const JudgedRun& run, const RunOutput& output);

/// 0, or 1 when a cell failed (crashed, timeout, oom, error) or the run was interrupted. Unsupported is a result.
[[nodiscard]] int run_exit_code(const Record& record);

/// The same, and 3 when a gate was missed. A failed cell wins: the run is not whole, and its gates tell only of a part.
[[nodiscard]] int run_exit_code(const Record& record, const std::vector<reports::CheckedGate>& gates);

}  // namespace qbench::app
