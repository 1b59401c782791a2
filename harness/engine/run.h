// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/predictions.h"
#include "core/record.h"
#include "datasets/dataset.h"
#include "harness/engine/accelerator_watch.h"
#include "harness/engine/plan.h"
#include "harness/engine/progress.h"

namespace qbench::engine {

/// Where predictions are kept; the roof connects this with a report format.
struct PredictionStore {
  /// Saves a cell's predictions as soon as they exist and returns the file's name relative to the result folder.
  std::function<std::string(const std::string& cell, const std::vector<Prediction>& predictions)> save;
  /// Reads them back when a run is resumed.
  std::function<std::vector<Prediction>(const std::string& cell)> load;
};

/// What a run needs beside its plan. Everything is borrowed for the length of the run.
struct RunContext {
  std::filesystem::path folder;                ///< the result folder; exists
  std::filesystem::path worker;                ///< the qbench-worker program
  const datasets::Dataset* dataset = nullptr;  ///< null: latency only
  Progress* progress = nullptr;
  PredictionStore predictions;
  const Board* board = nullptr;            ///< null: nothing is sampled between the blocks
  std::filesystem::path board_root = "/";  ///< another root is a recorded tree
  AcceleratorProbe probe_accelerators;     ///< asked before and after cells with a known accelerator; may be empty
};

struct RunResult {
  Record record;                                               ///< without board and versions, which the caller knows
  std::map<std::string, std::vector<Prediction>> predictions;  ///< by cell id
};

/// Runs the plan: describes every cell in a worker, decodes the images once, times the batches interleaved, evaluates.
/// A cell that fails in any way is a result; the others go on. Finished pieces are in <folder>/cells.jsonl at once, and
/// pieces found there are not measured again. Ctrl-C (see InterruptGuard) ends in order with record.partial set.
/// Throws Error for what concerns the whole run: no usable image, no cell that fits the dataset, a full disk.
/// Main thread only.
[[nodiscard]] RunResult run_plan(const Plan& plan, const RunContext& context);

/// The first steps of run_plan() alone: describes every cell and settles its recipe (engine/recipes.h); nothing is
/// measured. A cell that cannot be loaded has the reason in its lanes. Throws what settling throws: a question that
/// only the user can answer. Main thread only.
[[nodiscard]] std::vector<CellRecord> settle_plan(const Plan& plan, const RunContext& context);

}  // namespace qbench::engine
