// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/record.h"
#include "datasets/cache_builder.h"
#include "harness/engine/lane.h"
#include "harness/engine/progress.h"

namespace qbench::engine {

/// One cell's evaluation over one chunk of the dataset.
struct EvaluationTask {
  LaneContext context;
  Feed feed;
  datasets::SampleRange chunk;   ///< which samples the cache file holds
  std::filesystem::path scores;  ///< float32 [samples][outputs] of the whole dataset
  double invoke_ms = 1.0;        ///< a rough time per image, for the size of the pieces handed out
};

struct EvaluationResult {
  Outcome outcome;
  double invoke_ms = 0.0;              ///< sum over all jobs
  double seconds = 0.0;                ///< wall time
  std::vector<std::string> refused{};  ///< what the runtime tried and the sandbox refused
};

/// How many worker processes evaluate a cell: settings.jobs, or usable_cpus(); fewer for few images.
[[nodiscard]] int evaluation_jobs(const RunSettings& settings, const CellPlan& cell, std::size_t images);

/// Runs every good image of the chunk through the model in `evaluation_jobs` processes with one interpreter each and
/// stores all scores. Pieces are handed out as workers become free. The first failure ends the evaluation; an
/// interruption gives kCancelled.
[[nodiscard]] EvaluationResult evaluate_chunk(const EvaluationTask& task, Progress& progress);

}  // namespace qbench::engine
